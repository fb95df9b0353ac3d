const Write = ['system', 'swarms', 'agents', 'tasks', 'app', 'chat', 'notifications', 'memory', 'votes', 'questions', 'runners', 'workflows'].map((name) => `write:${name}`);
const Roles: Record<string, string[]> = {
  observer: [], worker: ['write:app', 'write:chat', 'write:memory', 'write:votes'], runner: [], admin: ['admin:system'], operator: Write,
};
const Included: Record<string, string> = { 'write:votes': 'work:votes' };

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
    const named: string[] = [...(claims.permissions ?? []), ...roles.flatMap((r) => Roles[r] ?? [])];
    return new Set(named.flatMap((p) => [p, Included[p] ?? p]));
  } catch {
    return null;
  }
}
