// One declaration a file, as JSON with its examples: docs/task-apis.md has the table that is made from them.
import ackCluster from "./data/ack-cluster.json" with { type: "json" };
import ackTask from "./data/ack-task.json" with { type: "json" };
import adbTask from "./data/adb-task.json" with { type: "json" };
import albJob from "./data/alb-job.json" with { type: "json" };
import cdnRefresh from "./data/cdn-refresh.json" with { type: "json" };
import cloudcontrolTask from "./data/cloudcontrol-task.json" with { type: "json" };
import dashscope from "./data/dashscope.json" with { type: "json" };
import dashscopeIntl from "./data/dashscope-intl.json" with { type: "json" };
import ecsCommand from "./data/ecs-command.json" with { type: "json" };
import ecsInstance from "./data/ecs-instance.json" with { type: "json" };
import ecsSnapshot from "./data/ecs-snapshot.json" with { type: "json" };
import ecsTask from "./data/ecs-task.json" with { type: "json" };
import esaPurge from "./data/esa-purge.json" with { type: "json" };
import fcTask from "./data/fc-task.json" with { type: "json" };
import hbrBackupJob from "./data/hbr-backup-job.json" with { type: "json" };
import hbrRestoreJob from "./data/hbr-restore-job.json" with { type: "json" };
import hbrTask from "./data/hbr-task.json" with { type: "json" };
import iceJob from "./data/ice-job.json" with { type: "json" };
import mongodbTask from "./data/mongodb-task.json" with { type: "json" };
import mpsJob from "./data/mps-job.json" with { type: "json" };
import nlbJob from "./data/nlb-job.json" with { type: "json" };
import oosExecution from "./data/oos-execution.json" with { type: "json" };
import polardbTask from "./data/polardb-task.json" with { type: "json" };
import rdsInstance from "./data/rds-instance.json" with { type: "json" };
import rdsTask from "./data/rds-task.json" with { type: "json" };
import redisTask from "./data/redis-task.json" with { type: "json" };
import rosStack from "./data/ros-stack.json" with { type: "json" };
import saeChange from "./data/sae-change.json" with { type: "json" };
import vodTranscode from "./data/vod-transcode.json" with { type: "json" };

/** The names of the declarations that come with the package. */
export const PRESET_NAMES = [
  "ack-cluster",
  "ack-task",
  "adb-task",
  "alb-job",
  "cdn-refresh",
  "cloudcontrol-task",
  "dashscope",
  "dashscope-intl",
  "ecs-command",
  "ecs-instance",
  "ecs-snapshot",
  "ecs-task",
  "esa-purge",
  "fc-task",
  "hbr-backup-job",
  "hbr-restore-job",
  "hbr-task",
  "ice-job",
  "mongodb-task",
  "mps-job",
  "nlb-job",
  "oos-execution",
  "polardb-task",
  "rds-instance",
  "rds-task",
  "redis-task",
  "ros-stack",
  "sae-change",
  "vod-transcode",
] as const;

/** One of {@link PRESET_NAMES}. */
export type PresetName = (typeof PRESET_NAMES)[number];

/** The declarations that come with the package, unchecked. */
export const PRESET_FILES: Readonly<Record<PresetName, unknown>> = {
  "ack-cluster": ackCluster,
  "ack-task": ackTask,
  "adb-task": adbTask,
  "alb-job": albJob,
  "cdn-refresh": cdnRefresh,
  "cloudcontrol-task": cloudcontrolTask,
  dashscope,
  "dashscope-intl": dashscopeIntl,
  "ecs-command": ecsCommand,
  "ecs-instance": ecsInstance,
  "ecs-snapshot": ecsSnapshot,
  "ecs-task": ecsTask,
  "esa-purge": esaPurge,
  "fc-task": fcTask,
  "hbr-backup-job": hbrBackupJob,
  "hbr-restore-job": hbrRestoreJob,
  "hbr-task": hbrTask,
  "ice-job": iceJob,
  "mongodb-task": mongodbTask,
  "mps-job": mpsJob,
  "nlb-job": nlbJob,
  "oos-execution": oosExecution,
  "polardb-task": polardbTask,
  "rds-instance": rdsInstance,
  "rds-task": rdsTask,
  "redis-task": redisTask,
  "ros-stack": rosStack,
  "sae-change": saeChange,
  "vod-transcode": vodTranscode,
};
