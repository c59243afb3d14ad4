/**
 * Test kit: a source that follows a script, and what every source and every driver of waits must do, as tests
 * for any runner.
 *
 * @packageDocumentation
 */
export { type Emulator, type EmulatorOptions, startEmulator } from "../emulator/index.ts";
export type { ScriptedCall } from "./call-log.ts";
export { type CountedSignal, countedSignal } from "./counted-signal.ts";
export type { Script, ScriptCall } from "./script.ts";
export {
  type ErrorStep,
  type HangStep,
  type LookStep,
  type RawStep,
  type ScriptStep,
  STEP_WORDS,
  type StepTiming,
  type StepWord,
  type ThrottledStep,
  type ThrowStep,
} from "./script-step.ts";
export { type ScriptedSource, type ScriptedSourceOptions, scriptedSource } from "./scripted-source.ts";
export { sourceConformance } from "./source-conformance.ts";
export type { MakeSource, SourceScenario, SourceUnderTest } from "./source-scenario.ts";
export type { TestApi } from "./test-api.ts";
export type { TimedScript } from "./timed-script.ts";
export { waitConformance } from "./wait-conformance.ts";
export type {
  DrivenOutcome,
  DrivenWait,
  DrivenWaitOptions,
  MakeDriver,
  WaitDriver,
} from "./wait-driver.ts";
