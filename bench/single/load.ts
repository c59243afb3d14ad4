/**
 * Loads a package that only this folder's own package.json knows: the compiler can't see it where it is not
 * installed, so who asks says what it looks like.
 */
export async function load<T>(name: string): Promise<T> {
  return (await import(name)) as T;
}
