/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * opening.h - what the daemon does before it serves: the store is opened as its one writer, what ships is loaded, the engine is made over it. Before the engine's thread
 * begins, in the main thread. Each returns an exit code: 0, or 1 after one clear line said why.
 */
#pragma once

#include "gateway/bearer/bearer.h"
#include "gateway/engine/engine.h"
#include "gateway/settings.h"

int opening_store(const struct settings *s, int64_t now_ms, struct store **store, struct engine **engine);
/* A screen in the language of the gateway, as it was at the start; free(). */
char *opening_words(const struct settings *s, const char *screen);
/* How many lives each link has had; free(). */
int opening_epochs(const struct settings *s, struct store *store, uint32_t **out);
/* What the last gateway left with a link when it died: the engine has just called it UNKNOWN. */
struct bearer_doubt opening_doubt(struct store *s, const char *link, int64_t now_ms);
int opening_refused(char *why); /* logs and frees it; 1 */
