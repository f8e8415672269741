/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_fault.c - fault points fire at the nth passing, once; "kill" is a power cut. In release builds there are none. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "gateway/base/fault.h"

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(fault_name(FAULT_engine_before_commit), "engine_before_commit");
	assert_string_equal(fault_name(FAULT_db_commit), "db_commit");
}

#if KABAR_FAULTS

static void test_they_fire_at_the_nth_passing_once(void **state)
{
	(void)state;
	assert_int_equal(fault_arm("db_step:3:error"), 0);
	assert_false(FAULT(db_step));
	assert_false(FAULT(db_begin));
	assert_false(FAULT(db_step));
	assert_true(FAULT(db_step));
	assert_false(FAULT(db_step));
	assert_int_equal(fault_arm(NULL), 0);
	for (int i = 0; i < 5; i++)
		assert_false(FAULT(db_step));
}

static void test_what_is_not_understood(void **state)
{
	static const char *const wrong[] = {"", "db_step", "db_step:1", "db_step:0:error", "db_step:-1:error",
	    "db_step:1:explode", "nonsense:1:error", ":1:error"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(fault_arm(wrong[i]), ERR_INVALID);
		assert_false(FAULT(db_step));
	}
}

static void test_a_file_lets_it_fire_once_in_its_life(void **state)
{
	char spec[128], path[] = "/tmp/kabar-fault-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(path));
	snprintf(spec, sizeof(spec), "db_step:1:error:%s/once", path);
	assert_int_equal(fault_arm(spec), 0);
	assert_true(FAULT(db_step));
	assert_int_equal(fault_arm(spec), 0); /* as a child that is started again */
	assert_false(FAULT(db_step));
	snprintf(spec, sizeof(spec), "%s/once", path);
	unlink(spec);
	rmdir(path);
	assert_int_equal(fault_arm(NULL), 0);
}

static void test_kill_is_a_power_cut(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		_exit(fault_arm("accept_before:2:kill") == 0 && !FAULT(accept_before) && FAULT(accept_before) ? 1 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

#else

static void test_a_release_has_none(void **state)
{
	(void)state;
	assert_int_equal(fault_arm("db_step:1:error"), 0);
	assert_false(FAULT(db_step));
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
#if KABAR_FAULTS
		cmocka_unit_test(test_they_fire_at_the_nth_passing_once),
		cmocka_unit_test(test_what_is_not_understood),
		cmocka_unit_test(test_a_file_lets_it_fire_once_in_its_life),
		cmocka_unit_test(test_kill_is_a_power_cut),
#else
		cmocka_unit_test(test_a_release_has_none),
#endif
	};

	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
