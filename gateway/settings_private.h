/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings_private.h - what the files of settings share. */
#pragma once

#include "gateway/settings.h"

int settings_link_by_name(const struct plan *p, const char *name); /* -1 */
void settings_free_links(struct plan *p);
