#!/bin/sh
# A step of a deployment: have the service take stock of the resources, wait for it, and branch on how it ended.
# Needs taskwait on the PATH and the credentials in the environment (see docs/credentials.md).
set -u

result=$(taskwait start update-resources --timeout "${TIMEOUT:-30m}" --outage-budget 10m)
code=$?

case $code in
  0)
    # One line: the task's id, its status, its result as JSON.
    echo "inventory is up to date: ${result#* COMPLETE }"
    ;;
  1)
    echo "the service could not take stock: ${result#* FAILED }" >&2
    exit 1
    ;;
  5)
    echo "nobody knows how the task is; the deployment goes on without fresh numbers" >&2
    ;;
  124)
    echo "it takes longer than ${TIMEOUT:-30m}; the task goes on by itself" >&2
    ;;
  *)
    # 2 usage, 3 expired, 4 canceled, 6 not found, 7 credentials or permission, 130/143 stopped
    echo "taskwait ended with $code" >&2
    exit "$code"
    ;;
esac

echo "deploying"
