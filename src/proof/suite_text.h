/*
 * A suite as a file of tests: header, imports in groups, and of each block what is wanted. Making
 * the text also numbers the cases that stand in it (test_case.position).
 */
#pragma once

#include "base/buf.h"
#include "model/tested.h"

typedef bool suite_text_wants(const struct test_case *one, const void *cookie);

void suite_text_write(struct buf *out, struct tested_module *module, suite_text_wants *wants,
                      const void *cookie);
void suite_text_write_kept(struct buf *out, struct tested_module *module);

/* "shop/wallet.py" of module "shop.wallet": "test_shop_wallet.py". */
const char *suite_text_file(struct arena *arena, const char *module);
