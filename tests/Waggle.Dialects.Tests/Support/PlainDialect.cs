using System.Text;
using Waggle.Core;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Record = Waggle.Protocol.Records.Record;

namespace Waggle.Dialects.Tests.Support;

/// <summary>A dialect whose messages are short texts. It tests the parts of a session without the messages of a client API.</summary>
internal sealed class PlainDialect : Dialect
{
    public override IRenderer Renderer => PlainRenderer.Instance;

    /// <summary>Added to each answer, to tell two dialects apart.</summary>
    public string Suffix { get; init; } = "";

    public Func<IEnumerable<Intent>> Opens { get; init; } = () => [];

    public Func<string, IEnumerable<Intent>> Reads { get; set; } = _ => [];

    public override bool Open(in Opening opening, List<Intent> intents)
    {
        intents.AddRange(Opens());
        return intents.Count > 0;
    }

    public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents) => intents.AddRange(Reads(Encoding.UTF8.GetString(frame)));

    public override void Refuse(string code, string message, List<Intent> intents) => intents.Add(new ReplyIntent(Encoding.UTF8.GetBytes($"refused {code}: {message}")));

    public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output) =>
        PlainRenderer.Write(output, $"{intent.Tag ?? "-"} {(outcome.Error is { } error ? $"{error.Code}: {error.Message}" : Of(outcome.Value))}{Suffix}");

    public override void Welcome(HelloIntent hello, in Greeting greeting, IMessageWriter output) =>
        PlainRenderer.Write(output, $"welcome {greeting.Agent?.Id ?? "-"} {greeting.Session}");

    public override void Assign(Assignment assignment, IMessageWriter output) => PlainRenderer.Write(output, $"assign {assignment.Lease.Task}");

    public override void Cancel(LeaseRef lease, string? reason, TimeSpan grace, IMessageWriter output) =>
        PlainRenderer.Write(output, $"cancel {lease.Task} {reason} {grace.TotalSeconds}");

    public override void Stop(LeaseRef lease, string reason, IMessageWriter output) => PlainRenderer.Write(output, $"stop {lease.Task} {reason}");

    public override void Expiring(DateTimeOffset at, IMessageWriter output) => PlainRenderer.Write(output, "expiring");

    public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output) =>
        PlainRenderer.Write(output, $"goodbye {code} {comeBackAfter?.TotalSeconds}");

    private static string Of(object? value) => value switch
    {
        null => "ok",
        SubscribeResult result => $"subscribed {result.Subscription} {(result.Recovered ? "recovered" : "lost")}",
        NotificationPage page => $"notifications {string.Join(',', page.Notifications.Select(n => n.Message))}",
        _ => value.GetType().Name,
    };

    private sealed class PlainRenderer : IRenderer
    {
        public static readonly PlainRenderer Instance = new();

        public static void Write(IMessageWriter output, string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            bytes.CopyTo(output.GetSpan(bytes.Length));
            output.Advance(bytes.Length);
        }

        public void Render(Record record, IMessageWriter output) => Write(output, $"record {record.Topic}");

        public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => Write(output, $"gap {dropped}");

        public void RenderPosition(Position position, IMessageWriter output)
        {
        }
    }
}
