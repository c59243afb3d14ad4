// What the declarations need, whatever "lib" and "target" a consumer has.
/// <reference lib="es2023" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Test kit: a source that follows a script, and what every source and every driver of waits must do, as tests
 * for any runner.
 *
 * @packageDocumentation
 */
export { type Emulator, type EmulatorOptions, startEmulator } from "../emulator/index.ts";
export { type CountedSignal, countedSignal } from "./conformance/counted-signal.ts";
export { sourceConformance } from "./conformance/source-conformance.ts";
export type { MakeSource, SourceScenario, SourceUnderTest } from "./conformance/source-scenario.ts";
export type { TestApi } from "./conformance/test-api.ts";
export { waitConformance } from "./conformance/wait-conformance.ts";
export type {
  DrivenOutcome,
  DrivenWait,
  DrivenWaitOptions,
  MakeDriver,
  WaitDriver,
} from "./conformance/wait-driver.ts";
export type { ScriptedCall } from "./source/call-log.ts";
export type { Script, ScriptCall } from "./source/script.ts";
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
} from "./source/script-step.ts";
export { type ScriptedSource, type ScriptedSourceOptions, scriptedSource } from "./source/scripted-source.ts";
export type { TimedScript } from "./source/timed-script.ts";
