// What the declarations need, whatever "lib" and "target" a consumer has.
/// <reference lib="es2023" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

export type { AccessPolicy } from "./access/access-policy.ts";
export type { EmulatorBearer, EmulatorKey, KeyRing } from "./access/key-ring.ts";
export type { Quota, QuotaCounters, QuotaLimits } from "./access/quota.ts";
export { type Emulator, startEmulator } from "./emulator.ts";
export type { EmulatorOptions } from "./emulator-options.ts";
export type { Fault, FaultDecider, FaultRequest } from "./faults/fault.ts";
export { FAULT_NAMES, type FaultPlan, parseFaultFlags } from "./faults/fault-flags.ts";
export { ACTIONS, type Action, type OperationName } from "./protocol/routes.ts";
export { parseScenario, type Scenario } from "./scenario.ts";
export { formatRequestRecord, type RequestRecord } from "./service/request-record.ts";
export type { DurationModel } from "./world/duration-model.ts";
export type { ProgressModel, ProgressModelInput } from "./world/progress-model.ts";
export type { ConcurrentStarts, StartSpecs, Starts } from "./world/start-plan.ts";
export type { ListingOrder, TaskFilter } from "./world/task-listing.ts";
export type { ScenarioTask, StatusStage, TaskQuirks, TaskSpec } from "./world/task-spec.ts";
export type { WireTask } from "./world/wire-task.ts";
export { World, type WorldOptions, type WorldTask } from "./world/world.ts";
