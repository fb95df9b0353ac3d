import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connect, type WorkflowRunView } from '@waggle/client';
import { startWorker } from '@waggle/client/worker';
import { TestHub, until } from './hub.js';

let hub: TestHub;
before(async () => (hub = await TestHub.start()));
after(() => hub.dispose());

test('A part of a result that is too large for an assignment is in the input', async () => {
  const client = await connect(hub.url);
  const refs: number[] = [];
  const worker = await startWorker(hub.url, { id: 'parts' }, (w) =>
    w.otherwise((task) => {
      if (task.spec.title === 'Make') return { name: 'x', pad: 'p'.repeat(300_000) };
      refs.push(task.inputRefs.length);
      return task.input;
    }));
  const definition = {
    id: 'parts',
    output: { $: 'steps.use.output' },
    steps: [
      { id: 'make', task: { title: 'Make' } },
      { id: 'use', depends_on: ['make'], task: { title: 'Use', input: { name: { $: 'steps.make.output.name' } } } },
    ],
  };
  await client.request({ type: 'workflow.define', definition });
  const { id } = (await client.request<WorkflowRunView>({ type: 'run.start', run: { workflow: 'parts' } })).result;
  const show = async () => (await client.request<WorkflowRunView>({ type: 'run.show', run: id })).result;
  await until(async () => (await show()).state === 'completed', 'the run ends');
  assert.deepEqual([(await show()).output, refs], [{ name: 'x' }, [0]]);
  await worker.close();
  await client.close();
});
