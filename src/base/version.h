/* What we call ourselves: shown to people, and part of every name of what we keep for later. */
#pragma once

#define TESTUDO_VERSION "0.1.0"
