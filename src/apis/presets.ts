import { nearestName } from "../options/nearest-name.ts";
import { declared } from "./declared-api.ts";
import type { TaskApi } from "./format/task-api.ts";
import { PRESET_FILES, PRESET_NAMES, type PresetName } from "./presets/preset-files.ts";

/** The name of the preset that is most like a mistyped one, if any is like it at all. */
export function nearestPreset(typed: string): PresetName | undefined {
  return nearestName(typed, PRESET_NAMES) as PresetName | undefined;
}

export { PRESET_NAMES as presetNames, type PresetName } from "./presets/preset-files.ts";

/** The declarations that come with the package, by their names. Each is checked when it is first used. */
export const presets: Readonly<Record<PresetName, TaskApi>> = Object.freeze(
  Object.fromEntries(
    Object.entries(PRESET_FILES).map(([name, file]) => [name, declared({ ...(file as unknown as TaskApi) })]),
  ) as Record<PresetName, TaskApi>,
);

/** DescribeClusterDetail 2015-12-15; the id is a `cluster_id`. */
export const ackCluster: TaskApi = presets["ack-cluster"];
/** DescribeTaskInfo 2015-12-15; the id is a `task_id`. */
export const ackTask: TaskApi = presets["ack-task"];
/** DescribeHistoryTasks 2021-12-01; the id is a `TaskId`. */
export const adbTask: TaskApi = presets["adb-task"];
/** ListAsynJobs 2020-06-16; the id is a `JobId`. */
export const albJob: TaskApi = presets["alb-job"];
/** DescribeRefreshTaskById 2018-05-10; the id is a `RefreshTaskId or PushTaskId`. */
export const cdnRefresh: TaskApi = presets["cdn-refresh"];
/** GetTask 2022-08-30; the id is a `taskId`. */
export const cloudcontrolTask: TaskApi = presets["cloudcontrol-task"];
/** Model Studio's asynchronous tasks; the id is a `task_id`. */
export const dashscope: TaskApi = presets.dashscope;
/** Model Studio's asynchronous tasks; the id is a `task_id`. */
export const dashscopeIntl: TaskApi = presets["dashscope-intl"];
/** DescribeInvocations 2014-05-26; the id is a `InvokeId`. */
export const ecsCommand: TaskApi = presets["ecs-command"];
/** DescribeInstanceStatus 2014-05-26; the id is a `InstanceId`. */
export const ecsInstance: TaskApi = presets["ecs-instance"];
/** DescribeSnapshots 2014-05-26; the id is a `SnapshotId`. */
export const ecsSnapshot: TaskApi = presets["ecs-snapshot"];
/** DescribeTaskAttribute 2014-05-26; the id is a `TaskId`. */
export const ecsTask: TaskApi = presets["ecs-task"];
/** DescribePurgeTasks 2024-09-10; the id is a `TaskId`. */
export const esaPurge: TaskApi = presets["esa-purge"];
/** GetAsyncTask 2023-03-30; the id is a `taskId`. */
export const fcTask: TaskApi = presets["fc-task"];
/** DescribeBackupJobs2 2017-09-08; the id is a `JobId`. */
export const hbrBackupJob: TaskApi = presets["hbr-backup-job"];
/** DescribeRestoreJobs2 2017-09-08; the id is a `RestoreId`. */
export const hbrRestoreJob: TaskApi = presets["hbr-restore-job"];
/** DescribeTask 2017-09-08; the id is a `TaskId`. */
export const hbrTask: TaskApi = presets["hbr-task"];
/** GetTranscodeJob 2020-11-09; the id is a `ParentJobId`. */
export const iceJob: TaskApi = presets["ice-job"];
/** DescribeHistoryTasks 2015-12-01; the id is a `TaskId`. */
export const mongodbTask: TaskApi = presets["mongodb-task"];
/** QueryJobList 2014-06-18; the id is a `JobId`. */
export const mpsJob: TaskApi = presets["mps-job"];
/** ListAsynJobs 2022-04-30; the id is a `JobId`. */
export const nlbJob: TaskApi = presets["nlb-job"];
/** ListExecutions 2019-06-01; the id is a `ExecutionId`. */
export const oosExecution: TaskApi = presets["oos-execution"];
/** DescribeHistoryTasks 2017-08-01; the id is a `TaskId`. */
export const polardbTask: TaskApi = presets["polardb-task"];
/** DescribeDBInstanceAttribute 2014-08-15; the id is a `DBInstanceId`. */
export const rdsInstance: TaskApi = presets["rds-instance"];
/** DescribeHistoryTasks 2014-08-15; the id is a `TaskId`. */
export const rdsTask: TaskApi = presets["rds-task"];
/** DescribeHistoryTasks 2015-01-01; the id is a `TaskId`. */
export const redisTask: TaskApi = presets["redis-task"];
/** GetStack 2019-09-10; the id is a `StackId`. */
export const rosStack: TaskApi = presets["ros-stack"];
/** DescribeChangeOrder 2019-05-06; the id is a `ChangeOrderId`. */
export const saeChange: TaskApi = presets["sae-change"];
/** GetTranscodeTask 2017-03-21; the id is a `TranscodeTaskId`. */
export const vodTranscode: TaskApi = presets["vod-transcode"];
