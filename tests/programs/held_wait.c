#include "held.h"
const struct held_program wait_programs[] = { { 0 } };
