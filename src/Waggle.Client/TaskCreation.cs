using System.Diagnostics;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Creates tasks in as few messages as their number and size permit, with idempotency keys and trace contexts.</summary>
internal sealed class TaskCreation(CommandSender commands, TimeProvider time)
{
    public async Task<IReadOnlyList<TaskCreated>> RunAsync(IReadOnlyList<TaskSpec> specs, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(specs);
        using var span = Tracing.Create(specs.Count);
        try
        {
            return await CreateAsync(Activity.Current is null ? specs : [.. specs.Select(Tracing.Carry)], cancel);
        }
        catch (Exception e)
        {
            span?.Failed(e);
            throw;
        }
    }

    private async Task<List<TaskCreated>> CreateAsync(IReadOnlyList<TaskSpec> specs, CancellationToken cancel)
    {
        var created = new List<TaskCreated>(specs.Count);
        foreach (var chunk in TaskChunks.Split(specs))
        {
            var message = new TaskCreate { Tasks = [.. chunk.Select(WithKey)] };
            created.AddRange((await commands.SendAsync(message, HubJson.Default.TasksCreated, cancel)).Tasks);
        }

        return created;
    }

    private TaskSpec WithKey(TaskSpec spec) =>
        spec.IdempotencyKey is null ? spec with { IdempotencyKey = Guid.CreateVersion7(time.GetUtcNow()).ToString("N") } : spec;
}
