import fc from "fast-check";

// A mutant is killed by any counterexample; a search for a small one takes longer than all tests together.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
