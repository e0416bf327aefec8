/*
 * Reads what guest/python/witness/testudo_cover.py leaves of a run under coverage.py: which lines
 * of the module ran, and how many of their branches. A stranger may have written it, so lines that
 * do not fit are passed over.
 */
#pragma once

#include "model/tested.h"

void coverage_read(struct tested_module *module, struct str text);
