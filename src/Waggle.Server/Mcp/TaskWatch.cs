using System.IO.Pipelines;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Delivery;
using Waggle.Dialects.EventStream;
using Waggle.Protocol;
using Waggle.Protocol.Topics;
using Waggle.Transport.Wires;

namespace Waggle.Server.Mcp;

/// <summary>Waits for the records that end a task or ask a question, as a subscriber of the delivery loop whose client is this process.</summary>
internal static class TaskWatch
{
    private static readonly string[] Ends = ["completed", "failed", "cancelled", "expired", "input_required"];

    /// <summary>Asks after the subscription began and after each record, until the answer is yes.</summary>
    /// <param name="cancel">Ends the wait.</param>
    public static async Task RunAsync(McpParts parts, Principal by, string task, Func<Task<bool>> isOver, CancellationToken cancel)
    {
        var pipe = new Pipe();
        await using var wire = new PipeWire(
            PipeReader.Create(Stream.Null), pipe.Writer, "mcp", () => ValueTask.CompletedTask, () => pipe.Writer.Complete());
        await using var connection = new Connection(
            $"m-{RandomId.Hex(6)}", wire, EventStreamRenderer.Instance, parts.Outbox, parts.Time, parts.Delivery.Metrics)
        {
            Stream = true,
            Hears = Audience.FilterOf(by),
        };
        connection.Start();
        try
        {
            var interest = new SubscriptionSpec([.. Ends.Select(end => PatternOf($"task.{task}.{end}"))]);
            await parts.Delivery.SubscribeAsync(connection, "s1", interest, null, parts.History, _ => null, cancel);
            while (!await isOver())
            {
                var read = await pipe.Reader.ReadAsync(cancel);
                pipe.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
            }
        }
        finally
        {
            await parts.Delivery.DetachAsync(connection).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await pipe.Reader.CompleteAsync();
        }
    }

    private static TopicPattern PatternOf(string text) =>
        TopicPattern.TryParse(text, out var pattern) ? pattern : throw new InvalidOperationException($"'{text}' is no topic.");
}
