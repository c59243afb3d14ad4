// What the harness uses of a package that ships no types.
declare module "pg" {
  const pg: {
    readonly Client: new (options: {
      readonly connectionString: string;
    }) => {
      connect(): Promise<void>;
      query(sql: string): Promise<{ readonly rows: readonly object[] }>;
      end(): Promise<void>;
    };
  };
  export default pg;
}
