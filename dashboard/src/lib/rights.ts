const Roles: Record<string, string[]> = {
  observer: [], worker: ['write:app', 'write:chat', 'write:memory', 'write:votes'], runner: [], admin: ['admin:system'],
  operator: ['write:system', 'write:swarms', 'write:agents', 'write:tasks', 'write:app', 'write:chat', 'write:notifications', 'write:memory', 'write:votes', 'write:questions', 'write:runners', 'write:workflows'],
};

/**
 * What a token says that its bearer may change. The page only hides what would be refused: the hub decides. Null: unknown, so nothing is hidden.
 */
export function rightsOf(token: string | undefined): Set<string> | null {
  const payload = token?.split('.')[1];
  if (!payload) return null;
  try {
    const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    const roles: string[] = claims.roles ?? [];
    if (!claims.permissions && !claims.roles) return null;
    return new Set([...(claims.permissions ?? []), ...roles.flatMap((r) => Roles[r] ?? [])]);
  } catch {
    return null;
  }
}
