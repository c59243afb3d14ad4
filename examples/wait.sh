#!/bin/sh
set -e
task=$(taskwait start update-resources --no-wait)
taskwait "$task" --timeout 30m
echo "the inventory is up to date"
