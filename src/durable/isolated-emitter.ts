// Adapters know nothing below this folder but values and the policy.
export { SafeEmitter } from "../async/safe-emitter.ts";
