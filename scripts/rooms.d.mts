/** Room → what its files may import besides their own folder. */
export declare const ROOMS: ReadonlyMap<
  string,
  { readonly rooms: readonly string[]; readonly packages: readonly string[] }
>;
export declare function specifier(from: string, to: string): string;
export declare function linterRules(): string;
