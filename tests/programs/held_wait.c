#include "held.h"
const struct held_program wait_programs[] = { { 0 } };
const struct held_row wait_rows[] = { { 0 } };
