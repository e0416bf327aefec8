/* What install.c and explain.c share. */
#pragma once

#include "deps/install.h"

#define INSTALL_PROXY "http://127.0.0.1:8118" /* BOX_GATE_PORT */

/* What Debian's package maven brings, and what others do. */
#define INSTALL_RESOLVER_JARS "/usr/share/java/*:/usr/share/maven/lib/*"
