/*
 * Where packages may come from, as the operator says it in a file of strict YAML:
 *
 *   python:                  likewise npm, maven
 *     index: https://…       https, port 443, without a user and a password
 *     hosts: [NAME, …]       other hosts that its files come from; "*.NAME" for all below one
 *   addresses: ["NAME=ADDRESS:PORT", …]   NAME is not looked up, it is there
 *   private: ["10.0.0.0/8", …]            networks that may be reached though they are private
 *   proxy: http://[USER:PASSWORD@]HOST:PORT, or none; without it what HTTPS_PROXY says
 *   ca_bundle: FILE          certificates that installers trust, instead of the system's
 *   download_bytes, upload_bytes: N       caps of one installation, over the network
 *   layer_bytes: N           what one installation may hold on its disk
 *   kept_bytes: N            what all that is installed may take, before the longest unused goes
 *
 * Without a file, or for what it leaves out, the defaults of registries.def hold.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "gate/address.h"
#include "gate/host.h"

enum registry {

#define REGISTRY(name, key, title, index, host) REGISTRY_##name,
#include "gate/registries.def"
#undef REGISTRY
    REGISTRY_COUNT
};

enum { GATE_HOSTS_MAX = 32, GATE_PINS_MAX = 32, GATE_RANGES_MAX = 16, GATE_CREDENTIAL_MAX = 512 };

struct gate_registry {
    const char *index;
    int host_count;
    const char *hosts[GATE_HOSTS_MAX]; /* that of the index among them */
};

struct gate_pin {
    struct gate_host host;
    struct gate_address address;
    uint16_t port;
};

/* An upstream proxy, which then looks names up. */
struct gate_proxy {
    bool used;
    char host[GATE_HOST_MAX + 1]; /* a name, or an address */
    uint16_t port;
    char credential[GATE_CREDENTIAL_MAX]; /* of Proxy-Authorization: Basic; may be empty */
};

struct gate_config {
    struct gate_registry registries[REGISTRY_COUNT];
    int pin_count;
    struct gate_pin pins[GATE_PINS_MAX];
    int private_count;
    struct gate_range private[GATE_RANGES_MAX];
    struct gate_proxy proxy;
    bool proxy_is_set; /* also when it is "none" */
    const char *ca_bundle;
    int64_t download_bytes, upload_bytes, layer_bytes, kept_bytes;
};

const char *registry_key(enum registry registry);
const char *registry_title(enum registry registry);

/* The text may be empty. Strings live in the arena. */
[[nodiscard]] bool gate_config_read(struct arena *arena, struct str text,
                                    struct gate_config *ret_config, struct error *err);

/* As curl and others write it: "http://user:password@host:port/"; the password may be escaped. */
[[nodiscard]] bool gate_proxy_read(struct str url, struct gate_proxy *ret_proxy, struct error *err);

bool gate_registry_has(const struct gate_registry *registry, const struct gate_host *host);
const struct gate_pin *gate_config_pin(const struct gate_config *config,
                                       const struct gate_host *host);

/* Why this address is not connected to, or NULL. */
const char *gate_config_refusal(const struct gate_config *config,
                                const struct gate_address *address);
