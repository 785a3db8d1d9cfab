/** An argument of a command to copy, as a shell takes it: in quotes where it needs them. */
export const quoted = (arg: string): string =>
  /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`
