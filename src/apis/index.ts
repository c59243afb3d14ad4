// What the declarations need, whatever "lib" and "target" a consumer has.
/// <reference lib="es2023" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Declared task APIs: a request, an expression that gives a word, and what the words mean. Start with
 * {@link defineTaskApi}, or with one of {@link presets}; give either to `waitForTask` as `api`, or make a source for a
 * waiter of your own with {@link taskApiSource}.
 *
 * @packageDocumentation
 */

export { checkTaskApi, type ExampleReading, type ExamplesReport } from "./check-task-api.ts";
export { defineTaskApi } from "./declared-api.ts";
export { compileExpression, type Expression } from "./expression/expression.ts";
export type * from "./format/task-api.ts";
export * from "./presets.ts";
export { type ClosableSource, type TaskApiSourceOptions, taskApiSource } from "./task-api-source.ts";
export { type KeyReading, placeholdersOf, type Trial, tryTaskApi } from "./try-task-api.ts";
