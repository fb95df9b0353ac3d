import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliver, endingOf, insteadOfQuestion } from '#parts/endings';
import { WaggleError } from '@waggle/client';
import { TaskContext, TaskFailed, TaskRefused } from '@waggle/client/worker';

const task = (cause?: 'cancelled' | 'closing') => {
  const context = new TaskContext<any>({ type: 'assign', task: 't1', attempt: 1, token: 7, lease_ms: 30_000, swarm: 'default', spec: { title: 'Read' } }, null, () => {}, async () => ({ result: null }));
  context.cause = cause;
  return context;
};

test('What a handler throws decides how its attempt ends', () => {
  const cases: [unknown, ReturnType<typeof task>, object][] = [
    [new Error('broken'), task(), { type: 'task.fail', error: { code: 'HANDLER_FAILED', message: 'broken' }, retryable: true }],
    ['a text', task(), { type: 'task.fail', error: { code: 'HANDLER_FAILED', message: 'a text' }, retryable: true }],
    [new Error(''), task(), { type: 'task.fail', error: { code: 'HANDLER_FAILED', message: 'The handler threw.' }, retryable: true }],
    [new WaggleError('INVALID_INPUT', 'no text'), task(), { type: 'task.fail', error: { code: 'INVALID_INPUT', message: 'no text' }, retryable: false }],
    [new TaskFailed('FULL', 'no space', { retryable: false, retryAfterMs: 5 }), task(), { type: 'task.fail', error: { code: 'FULL', message: 'no space' }, retryable: false, retry_after_ms: 5 }],
    [new TaskRefused('not mine'), task(), { type: 'task.refuse', reason: 'not mine' }],
    [new Error('aborted'), task('cancelled'), { type: 'task.cancelled' }],
    [new Error('aborted'), task('closing'), { type: 'task.release', reason: 'The worker is closing.' }],
  ];
  for (const [error, context, wanted] of cases) assert.deepEqual(JSON.parse(JSON.stringify(endingOf(error, context))), wanted);
});

test('A question that the hub refuses fails the attempt, unless the attempt has ended', () => {
  assert.equal(insteadOfQuestion(new WaggleError('INVALID_REQUEST', 'no choices'), task())?.['retryable'], false);
  for (const code of ['STALE_LEASE', 'NOT_FOUND', 'INVALID_STATE']) assert.equal(insteadOfQuestion(new WaggleError(code, ''), task()), undefined);
  assert.deepEqual(insteadOfQuestion(new WaggleError('INVALID_STATE', ''), task('cancelled')), { type: 'task.cancelled' });
});

test('An ending that the hub asks to send later is sent again, and a refusal ends it', async () => {
  const answers: (WaggleError | object)[] = [new WaggleError('STORE_UNAVAILABLE', '', 1), new WaggleError('DRAINING', '', 1), { task: 't1', state: 'completed' }];
  let sent = 0;
  const send = async () => {
    const answer = answers[sent++];
    if (answer instanceof WaggleError) throw answer;
    return answer as any;
  };
  assert.deepEqual((await deliver({ type: 'task.complete' }, send)).ack?.state, 'completed');
  assert.equal(sent, 3);
  const refused = await deliver({ type: 'task.complete' }, async () => {
    throw new WaggleError('STALE_LEASE', 'late');
  });
  assert.equal((refused.error as WaggleError).code, 'STALE_LEASE');
});

test('A question for which there is no room is asked again after one, two, four seconds', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let sent = 0;
  const delivered = deliver({ type: 'task.ask' }, async () => {
    if (++sent < 4) throw new WaggleError('QUOTA_EXCEEDED', 'full');
    return { task: 't1', state: 'input_required' } as any;
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  for (const [n, pause] of [1_000, 2_000, 4_000].entries()) {
    await turn();
    t.mock.timers.tick(pause - 1);
    await turn();
    assert.equal(sent, n + 1);
    t.mock.timers.tick(1);
  }
  assert.equal((await delivered).ack?.state, 'input_required');
});
