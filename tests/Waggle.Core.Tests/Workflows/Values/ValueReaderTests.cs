using System.Text;
using System.Text.Json;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Workflows;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows.Values;

public sealed class ValueReaderTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Text = $"\"{new string('x', 98)}\"";

    [Fact]
    public async Task Contents_of_a_list_are_read_only_while_there_is_room()
    {
        var blobs = new Contents();
        var source = new ValueSource(
            keys => new([.. keys.Select(k => k.Kind == "task" ? StoredTask(k.Id) : StoredItem(0))]),
            _ => new(new EntityPage([.. Enumerable.Range(0, 9).Select(StoredItem)], default)),
            blobs);
        var (_, omitted) = await new ValueReader(source, 250).ReadAsync(Bound.OfItems("r1", "each"));

        Assert.Single(omitted);
        Assert.Equal(2, blobs.Opened);
    }

    private static StoredEntity StoredItem(int item)
    {
        var step = new StepEntity { Seq = item, Run = "r1", Step = "each", Item = item, State = WorkflowStepState.Completed, Task = $"t{item}", Deadline = Noon };
        return new("workflow_step", step.Id, step.Seq, Noon, ["r1"], JsonSerializer.SerializeToUtf8Bytes(step, WorkflowJson.Default.StepEntity));
    }

    private static StoredEntity StoredTask(string id)
    {
        var task = new TaskEntity
        {
            Id = id,
            Seq = 1,
            Spec = new TaskSpec { Title = id },
            Swarm = "default",
            State = TaskState.Completed,
            Priority = 0,
            CreatedAt = Noon,
            UpdatedAt = Noon,
            ResultRef = new($"{id}~hash", Text.Length, "hash", "application/json"),
        };
        return new("task", id, 1, Noon, [], JsonSerializer.SerializeToUtf8Bytes(task, TaskJson.Default.TaskEntity));
    }

    private sealed class Contents : IBlobs
    {
        public int Opened { get; private set; }

        public ValueTask<Stream?> OpenAsync(string id, CancellationToken cancel)
        {
            Opened++;
            return new(new MemoryStream(Encoding.UTF8.GetBytes(Text)));
        }

        public ValueTask<BlobInfo> WriteAsync(string owner, Stream content, long limit, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask<BlobInfo?> HoldAsync(string id, CancellationToken cancel) => throw new NotSupportedException();

        public IAsyncEnumerable<BlobInfo> ListAsync(DateTimeOffset unusedSince, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask<bool> DeleteAsync(string id, DateTimeOffset unusedSince, CancellationToken cancel) => throw new NotSupportedException();
    }
}
