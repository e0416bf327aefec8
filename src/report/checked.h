/*
 * What `testudo check` found, in the forms that others read. Text of strangers is escaped as each
 * form wants it.
 */
#pragma once

#include "base/buf.h"
#include "model/checked.h"

/* For people: each finding with its line and marks below it, then what it comes to. */
void checked_write_terminal(struct buf *out, const struct checked *checked, bool colours);

/* {"files": […], "summary": {…}}, and its members alone, in an object that has begun */
void checked_write_json(struct buf *out, const struct checked *checked);
void checked_add_json(struct json_writer *json, const struct checked *checked);

void checked_write_sarif(struct buf *out, const struct checked *checked);  /* 2.1.0 */
void checked_write_github(struct buf *out, const struct checked *checked); /* workflow commands */
void checked_write_junit(struct buf *out, const struct checked *checked);  /* XML */
