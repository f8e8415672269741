/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chat_words.c - `! word`: words edited in a copy of the folder menus/, for one conversation. */
#include "tests/conversations/chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/base/err.h"

static void shell(struct world *w, const char *command)
{
	if (system(command) != 0)
		world_fault(w, "cannot do: %s", command);
}

static void copy_words(struct world *w)
{
	char dir[] = "/tmp/kabar-chat-XXXXXX";
	struct buf command = {0};

	if (w->menus_dir)
		return;
	MUST(mkdtemp(dir) != NULL);
	w->menus_dir = must_strdup(dir);
	buf_printf(&command, "cp -r menus/. %s", dir);
	shell(w, command.p);
	buf_free(&command);
}

static void load_words(struct world *w)
{
	struct complaints complaints = {0};
	struct menus *edited;

	if (menus_load(w->menus_dir, &complaints, &edited) == 0) {
		menus_free(w->menus);
		w->plan.menus = w->menus = edited;
	} else {
		world_fault(w, "the edited words do not load");
	}
	complaints_free(&complaints);
}

int order_word(struct world *w, const char *id, const char *rest)
{
	struct buf command = {0}, path = {0};
	FILE *f;

	copy_words(w);
	buf_printf(&path, "%s/words/id.words", w->menus_dir);
	buf_printf(&command, "sed -i '/^%s = /d' %s", id, path.p);
	shell(w, command.p);
	f = fopen(path.p, "a");
	MUST(f != NULL);
	fprintf(f, "%s %s\n", id, rest);
	fclose(f);
	load_words(w);
	buf_free(&command);
	buf_free(&path);
	return 0;
}

void orders_end(struct world *w)
{
	struct buf command = {0};

	if (w->menus_dir) {
		buf_printf(&command, "rm -rf %s", w->menus_dir);
		shell(w, command.p);
	}
	free(w->menus_dir);
	buf_free(&command);
}
