import { createPostgresBackend, Queue, QueueEvents, Worker, withBackend } from "bullmq";

/** How to reach a backend, as a process is told. */
export type BackendAddress =
  | { readonly kind: "redis"; readonly port: number }
  | { readonly kind: "postgres"; readonly connectionString: string };

/** BullMQ's classes for a backend, all made alike. */
export function backendOf(address: BackendAddress) {
  if (address.kind === "redis") {
    const connection = { host: "127.0.0.1", port: address.port, maxRetriesPerRequest: null };
    return { Queue, QueueEvents, Worker, connection };
  }
  const connection = { connectionString: address.connectionString, migrate: true };
  // One code for both: the classes take other connections, and are used alike.
  return { ...withBackend(createPostgresBackend), connection } as unknown as {
    readonly Queue: typeof Queue;
    readonly QueueEvents: typeof QueueEvents;
    readonly Worker: typeof Worker;
    readonly connection: { host: string; port: number; maxRetriesPerRequest: null };
  };
}
