/* Text inside of XML, between tags or in an attribute: nothing in it is markup, and what XML cannot
 * hold becomes U+FFFD. */
#pragma once

#include "base/buf.h"

void xml_add_text(struct buf *out, struct str text);
