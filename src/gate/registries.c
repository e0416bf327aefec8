#include "gate/registries.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/yaml_read.h"

enum { PORT_HTTPS = 443, SHOWN_MAX = 200 };

#define MIB (INT64_C(1) << 20)

static const struct {
    const char *key, *title, *index, *host;
} rows[REGISTRY_COUNT] = {

#define REGISTRY(name, key, title, index, host) [REGISTRY_##name] = {key, title, index, host},
#include "gate/registries.def"
#undef REGISTRY
};

const char *registry_key(enum registry registry)
{
    return rows[registry].key;
}

const char *registry_title(enum registry registry)
{
    return rows[registry].title;
}

/* ---- texts ---------------------------------------------------------------------------------- */

static bool read_text(const struct json_value *object, const char *key, const char **ret,
                      struct error *err)
{
    const struct json_value *value = json_get(object, key);
    if (value == NULL)
        return true;
    if (value->kind != JSON_STRING || memchr(value->text.ptr, '\0', value->text.len) != NULL)
        return error_set(err, ERROR_USAGE, "'%s' must be a text", key);
    *ret = value->text.ptr;
    return true;
}

typedef bool take_item(void *cookie, const char *text, struct error *err);

static bool read_list(const struct json_value *object, const char *key, take_item *take,
                      void *cookie, struct error *err)
{
    const struct json_value *list = json_get(object, key);
    if (list == NULL)
        return true;
    if (list->kind != JSON_ARRAY)
        return error_set(err, ERROR_USAGE, "'%s' must be a list", key);
    for (const struct json_value *item = list->first; item != NULL; item = item->next) {
        if (item->kind != JSON_STRING || memchr(item->text.ptr, '\0', item->text.len) != NULL)
            return error_set(err, ERROR_USAGE, "in '%s' there must be texts alone", key);
        if (!take(cookie, item->text.ptr, err))
            return error_wrap(err, "'%s'", key);
    }
    return true;
}

static bool read_bytes(const struct json_value *object, const char *key, int64_t *ret,
                       struct error *err)
{
    const struct json_value *value = json_get(object, key);
    if (value == NULL)
        return true;
    if (!json_check_integer(value, 1, INT64_MAX, err))
        return false;
    *ret = value->integer;
    return true;
}

/* "host:port", from the last colon on. */
static bool cut_port(struct str *text, uint16_t *ret_port)
{
    size_t colon = text->len;
    int64_t port;
    while (colon > 0 && text->ptr[colon - 1] != ':')
        colon--;
    if (colon == 0 || !text_read_count(str_skip(*text, colon), &port) || port < 1 || port > 65535)
        return false;
    text->len = colon - 1;
    *ret_port = (uint16_t)port;
    return true;
}

/* ---- registries ----------------------------------------------------------------------------- */

static bool add_host(void *cookie, const char *text, struct error *err)
{
    struct gate_registry *registry = cookie;
    const char *why = gate_pattern_check(text);
    if (why != NULL)
        return error_set(err, ERROR_USAGE, "'%.100s': %s", text, why);
    if (registry->host_count == GATE_HOSTS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d hosts", GATE_HOSTS_MAX);
    registry->hosts[registry->host_count++] = text;
    return true;
}

static bool refuse_index(const char *index, const char *why, struct error *err)
{
    return error_set(err, ERROR_USAGE, "the index %.*s: %s", SHOWN_MAX, index, why);
}

/* TLS goes through the gate unopened, so it has nowhere to put a password in: better told here than
 * written into a box. */
static bool refuse_credential(struct error *err)
{
    error_set(err, ERROR_USAGE, "an index with a user and a password cannot be used");
    return error_hint(err, "the gate does not open TLS, so it cannot add them, and a box must not "
                           "have them; put a mirror that needs none in between");
}

static bool add_index(struct gate_registry *registry, struct arena *arena, struct error *err)
{
    struct str rest = str_from(registry->index), place;
    struct gate_host host;
    uint16_t port = PORT_HTTPS;
    if (!str_take_prefix(&rest, "https://"))
        return refuse_index(registry->index, "it must begin with https://", err);
    if (!str_take_until(&rest, '/', &place) || place.len == 0)
        return refuse_index(registry->index, "it names no host", err);
    if (str_has(place, '@'))
        return refuse_credential(err);
    if (str_has(place, ':') && (!cut_port(&place, &port) || port != PORT_HTTPS))
        return refuse_index(registry->index, "only port 443 is let through", err);
    const char *why = gate_host_read(place, &host);
    if (why != NULL)
        return refuse_index(registry->index, why, err);
    return add_host(registry, arena_string(arena, str_from(host.name)), err);
}

static bool read_registry(struct arena *arena, const struct json_value *object, enum registry which,
                          struct gate_config *config, struct error *err)
{
    static const char *const keys[] = {"index", "hosts"};
    const struct json_value *value = json_get(object, rows[which].key);
    struct gate_registry *registry = &config->registries[which];
    registry->index = rows[which].index;
    if (value != NULL && !json_check_keys(value, keys, COUNT_OF(keys), err))
        return false;
    if (!read_text(value, "index", &registry->index, err) || !add_index(registry, arena, err) ||
        !read_list(value, "hosts", add_host, registry, err))
        return false;
    bool is_usual = registry->index == rows[which].index && json_get(value, "hosts") == NULL;
    return !is_usual || rows[which].host == NULL || add_host(registry, rows[which].host, err);
}

bool gate_registry_has(const struct gate_registry *registry, const struct gate_host *host)
{
    for (int i = 0; i < registry->host_count; i++)
        if (gate_host_fits(host, registry->hosts[i]))
            return true;
    return false;
}

/* ---- addresses ------------------------------------------------------------------------------ */

static bool add_pin(void *cookie, const char *text, struct error *err)
{
    struct gate_config *config = cookie;
    struct str rest = str_from(text), name;
    char address[GATE_ADDRESS_TEXT];
    if (config->pin_count == GATE_PINS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d addresses", GATE_PINS_MAX);
    struct gate_pin *pin = &config->pins[config->pin_count];
    if (!str_take_until(&rest, '=', &name) || gate_host_read(name, &pin->host) != NULL ||
        !cut_port(&rest, &pin->port) || rest.len >= sizeof address)
        return error_set(err, ERROR_USAGE, "'%.100s' is not NAME=ADDRESS:PORT", text);
    memcpy(address, rest.ptr, rest.len);
    address[rest.len] = '\0';
    if (!gate_address_read(address, &pin->address))
        return error_set(err, ERROR_USAGE, "'%.100s' is not NAME=ADDRESS:PORT", text);
    config->pin_count++;
    return true;
}

static bool add_private(void *cookie, const char *text, struct error *err)
{
    struct gate_config *config = cookie;
    if (config->private_count == GATE_RANGES_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d networks", GATE_RANGES_MAX);
    if (!gate_range_read(text, &config->private[config->private_count]))
        return error_set(err, ERROR_USAGE, "'%.100s' is no network such as 10.0.0.0/8", text);
    config->private_count++;
    return true;
}

const struct gate_pin *gate_config_pin(const struct gate_config *config,
                                       const struct gate_host *host)
{
    for (int i = 0; i < config->pin_count; i++)
        if (strcmp(config->pins[i].host.name, host->name) == 0)
            return &config->pins[i];
    return NULL;
}

const char *gate_config_refusal(const struct gate_config *config,
                                const struct gate_address *address)
{
    for (int i = 0; i < config->private_count; i++)
        if (gate_range_has(&config->private[i], address))
            return NULL;
    return gate_address_refusal(address);
}

/* ---- the upstream proxy --------------------------------------------------------------------- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_unescaped(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        int high = i + 2 < text.len && text.ptr[i] == '%' ? hex_digit(text.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text.ptr[i + 2]) : -1;
        buf_add_byte(out, low >= 0 ? (char)(high << 4 | low) : text.ptr[i]);
        i += low >= 0 ? 2 : 0;
    }
}

static bool refuse_proxy(struct error *err)
{
    error_set(err, ERROR_USAGE, "the proxy is not http://[USER:PASSWORD@]HOST:PORT");
    return error_hint(err, "'proxy' in the file of registries, else HTTPS_PROXY");
}

static bool read_credential(struct str user, struct gate_proxy *proxy, struct error *err)
{
    auto_buf struct buf plain, coded;
    buf_init(&plain, GATE_CREDENTIAL_MAX / 2);
    buf_init(&coded, GATE_CREDENTIAL_MAX - 1);
    add_unescaped(&plain, user);
    base64_write(&coded, buf_str(&plain));
    if (plain.over || coded.over)
        return refuse_proxy(err);
    memcpy(proxy->credential, coded.data, coded.len);
    return true;
}

bool gate_proxy_read(struct str url, struct gate_proxy *ret_proxy, struct error *err)
{
    struct gate_proxy proxy = {.used = true};
    struct str place;
    (void)str_take_prefix(&url, "http://");
    if (!str_take_until(&url, '/', &place))
        return refuse_proxy(err);
    const char *at = memrchr(place.ptr, '@', place.len);
    if (at != NULL) {
        struct str user = str_of(place.ptr, (size_t)(at - place.ptr));
        if (!read_credential(user, &proxy, err))
            return false;
        place = str_skip(place, user.len + 1);
    }
    if (!cut_port(&place, &proxy.port))
        return refuse_proxy(err);
    if (place.len > 2 && place.ptr[0] == '[' && place.ptr[place.len - 1] == ']')
        place = str_of(place.ptr + 1, place.len - 2);
    if (place.len == 0 || place.len > GATE_HOST_MAX)
        return refuse_proxy(err);
    memcpy(proxy.host, place.ptr, place.len);
    *ret_proxy = proxy;
    return true;
}

static bool read_proxy(const struct json_value *object, struct gate_config *config,
                       struct error *err)
{
    const char *text = NULL;
    if (!read_text(object, "proxy", &text, err))
        return false;
    config->proxy_is_set = text != NULL;
    return text == NULL || strcmp(text, "none") == 0 ||
           gate_proxy_read(str_from(text), &config->proxy, err);
}

/* ---- the whole ------------------------------------------------------------------------------ */

bool gate_config_read(struct arena *arena, struct str text, struct gate_config *ret_config,
                      struct error *err)
{
    static const char *const keys[] = {"python",       "npm",         "maven",     "addresses",
                                       "private",      "proxy",       "ca_bundle", "download_bytes",
                                       "upload_bytes", "layer_bytes", "kept_bytes"};
    const struct json_value *value = NULL;
    *ret_config = (struct gate_config){.download_bytes = 2048 * MIB,
                                       .upload_bytes = 16 * MIB,
                                       .layer_bytes = 1024 * MIB,
                                       .kept_bytes = 8192 * MIB};
    if (str_trim(text).len > 0) {
        value = yaml_read(arena, text, err);
        if (value == NULL || !json_check_keys(value, keys, COUNT_OF(keys), err))
            return false;
    }
    for (enum registry which = 0; which < REGISTRY_COUNT; which++)
        if (!read_registry(arena, value, which, ret_config, err))
            return error_wrap(err, "%s", rows[which].key);
    return read_list(value, "addresses", add_pin, ret_config, err) &&
           read_list(value, "private", add_private, ret_config, err) &&
           read_proxy(value, ret_config, err) &&
           read_text(value, "ca_bundle", &ret_config->ca_bundle, err) &&
           read_bytes(value, "download_bytes", &ret_config->download_bytes, err) &&
           read_bytes(value, "upload_bytes", &ret_config->upload_bytes, err) &&
           read_bytes(value, "layer_bytes", &ret_config->layer_bytes, err) &&
           read_bytes(value, "kept_bytes", &ret_config->kept_bytes, err);
}
