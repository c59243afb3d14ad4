/**
 * What `taskwait --help` prints, kept as text so that it needs no other module. A test compares it with what the
 * commands themselves say.
 */
export const TOP_HELP = `Usage: taskwait <taskId...> [options]
       taskwait <command> [options]

Waits for asynchronous tasks of Alibaba Cloud BDRC.

Options:
  -V, --version                   print the version
  -h, --help                      display help for command

Commands:
  wait [options] [taskId...]      wait for tasks to end (the default command)
  start                           start a task and wait for it
  list [options]                  list tasks
  describe [options] <taskId>     show one task as it is now
  whoami [options]                say which credentials and which region are in
                                  use, without showing them
  apis                            declared task APIs: list, show, check, try
  demo [options]                  see a wait from beginning to end against a
                                  local emulator
  emulate [options] [command...]  run a local BDRC for development and tests
  completion <shell>              print a completion script for a shell
  help [command]                  display help for command

Examples:
  taskwait t-0000e4w0u1v592zdf6s7            wait for a task, with a live row on a terminal
  taskwait start update-resources            start a task and wait for it
  taskwait demo                              see it work, without an account

  taskwait help wait                         all options of a wait

Exit codes:
  0  every task COMPLETE      5  could not find out (no usable answer)
  1  a task FAILED            6  no such task
  2  usage error              7  credentials or permission
  3  a task EXPIRED           8  --exec failed, and every task is COMPLETE
  4  a task CANCELED        124  timed out: the task may still be running
                           130  interrupted (129: hung up, 143: terminated)
`;
