/* SPDX-License-Identifier: GPL-2.0-or-later */
/* turn_menu.h - the trees of menus/ for the other files of a turn: which menus its dialogue goes by, and what a text answers. */
#pragma once

#include "gateway/engine/turn_private.h"

/* t->heard is an answer to the question that is open, t->menus are those that it was asked by. */
int turn_menu_fits(struct turn *t, bool *yes) MUST_USE;
int turn_menu_answer(struct turn *t, bool fit) MUST_USE;
/* NUM, in front of a screen that is said again; left out where both would take two SMS. */
void turn_say_range(struct turn *t, int max, struct slice screen);
/* Which menus the open question belongs to: t->talk; t->lost when nobody has it any more. */
void turn_find_menus(struct turn *t);
/* "Maaf, menu berubah.", and the main menu. */
int turn_lost(struct turn *t) MUST_USE;
