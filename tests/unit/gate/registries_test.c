#include "gate/registries.h"

#include "base/mem.h"
#include "tests/test.h"

static bool read(const char *text, struct gate_config *config, struct error *err)
{
    static struct arena arena;
    if (arena.max == 0)
        arena_init(&arena, 4 << 20);
    return gate_config_read(&arena, str_from(text), config, err);
}

static bool has(const struct gate_config *config, enum registry which, const char *name)
{
    struct gate_host host;
    return gate_host_read(str_from(name), &host) == NULL &&
           gate_registry_has(&config->registries[which], &host);
}

TEST(without_a_file_the_public_registries_hold_each_for_its_own)
{
    struct gate_config config;
    struct error err = {};
    CHECK_OK(read("", &config, &err), err);
    CHECK(has(&config, REGISTRY_PYTHON, "pypi.org"));
    CHECK(has(&config, REGISTRY_PYTHON, "files.pythonhosted.org"));
    CHECK(!has(&config, REGISTRY_PYTHON, "registry.npmjs.org"));
    CHECK(has(&config, REGISTRY_NPM, "registry.npmjs.org"));
    CHECK(has(&config, REGISTRY_MAVEN, "repo1.maven.org"));
    CHECK(!has(&config, REGISTRY_MAVEN, "pypi.org"));
    CHECK(!config.proxy.used && config.download_bytes > 0);
}

TEST(an_index_of_its_own_takes_the_place_of_the_public_hosts)
{
    struct gate_config config;
    struct error err = {};
    CHECK_OK(
        read("python:\n  index: https://pip.corp.example/simple\n  hosts: [files.corp.example, "
             "'*.cdn.example']\naddresses: [\"pip.corp.example=127.0.0.1:8443\"]\n"
             "private: [10.0.0.0/8]\nproxy: http://me:p%40ss@proxy.corp.example:3128/\n",
             &config, &err),
        err);
    CHECK(has(&config, REGISTRY_PYTHON, "pip.corp.example"));
    CHECK(has(&config, REGISTRY_PYTHON, "a.cdn.example"));
    CHECK(!has(&config, REGISTRY_PYTHON, "pypi.org"));
    CHECK(!has(&config, REGISTRY_PYTHON, "files.pythonhosted.org"));
    struct gate_host host = {"pip.corp.example"};
    const struct gate_pin *pin = gate_config_pin(&config, &host);
    CHECK(pin != NULL && pin->port == 8443);
    struct gate_address address;
    CHECK(gate_address_read("10.1.2.3", &address));
    CHECK(gate_config_refusal(&config, &address) == NULL);
    CHECK(gate_address_read("192.168.2.3", &address));
    CHECK(gate_config_refusal(&config, &address) != NULL);
    CHECK_TEXT(config.proxy.host, "proxy.corp.example");
    CHECK_INT(config.proxy.port, 3128);
    CHECK_TEXT(config.proxy.credential, "bWU6cEBzcw==");
}

TEST(what_cannot_be_kept_is_refused_with_its_reason)
{
    static const struct {
        const char *text, *part;
    } rows[] = {
        {"python:\n  index: http://pypi.org/simple", "https://"},
        {"python:\n  index: https://me:secret@pypi.org/simple", "user and a password"},
        {"python:\n  index: https://pypi.org:8443/simple", "443"},
        {"python:\n  index: https://127.0.0.1/simple", "address"},
        {"python:\n  index: https:///simple", "no host"},
        {"python:\n  hosts: ['*']", "'*'"},
        {"python:\n  hosts: [PyPI.org]", "small letters"},
        {"pip: x", "pip"},
        {"python:\n  hots: [a.org]", "hots"},
        {"addresses: [\"a.org=127.0.0.1\"]", "NAME=ADDRESS:PORT"},
        {"private: [10.0.0.0]", "10.0.0.0/8"},
        {"proxy: 'proxy'", "HOST:PORT"},
        {"download_bytes: 0", "download_bytes"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gate_config config;
        struct error err = {};
        CHECK(!read(rows[i].text, &config, &err));
        CHECK_CONTAINS(err.text, rows[i].part);
        CHECK(strstr(err.text, "secret") == NULL);
    }
}

TEST(a_proxy_may_be_none_or_an_address)
{
    struct gate_config config;
    struct gate_proxy proxy;
    struct error err = {};
    CHECK_OK(read("proxy: none\n", &config, &err), err);
    CHECK(config.proxy_is_set && !config.proxy.used);
    CHECK_OK(gate_proxy_read(STR("http://[::1]:3128"), &proxy, &err), err);
    CHECK_TEXT(proxy.host, "::1");
    CHECK_OK(gate_proxy_read(STR("10.0.0.1:3128"), &proxy, &err), err);
    CHECK_TEXT(proxy.host, "10.0.0.1");
    CHECK(!gate_proxy_read(STR("http://proxy/"), &proxy, &err));
}
