using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.Hosting;

/// <summary>
/// Hands the hub's messages for one client to the connection. The dialect encodes them when they are written. Thread-safe: outcomes and assignments arrive on
/// the owner's loop.
/// </summary>
internal sealed class Responder(SessionHost host, Connection connection, SessionDialect dialect) : IOutcomeSink
{
    void IOutcomeSink.Complete(object? tag, in Outcome outcome) => Answer((Intent)tag!, outcome);

    /// <summary>Answers an intent. Without a tag, only a failure is answered.</summary>
    public void Answer(Intent intent, in Outcome outcome)
    {
        if (intent.Tag is not null || outcome.Error is not null) connection.Send(Defer(intent, outcome));
    }

    public void Refuse(Intent intent, Error error) => Answer(intent, new Outcome(null, error, host.Hive.Head));

    /// <summary>Creates an answer that another part of the hub sends.</summary>
    public IDeferred Defer(Intent intent, in Outcome outcome) => new DeferredAnswer(dialect.Current, intent, outcome);

    /// <summary>Creates an error for the client with the id under which the log has the details.</summary>
    public Error Fault(string what, Exception e)
    {
        var id = RandomId.Hex(4);
        SessionLog.Failed(host.Log, connection.Id, what, id, e);
        return new Error(ErrorCodes.Internal, $"An internal error occurred (see the hub's log, id {id}).");
    }

    public void Welcome(HelloIntent hello, Greeting greeting) => Send(output => dialect.Current.Welcome(hello, greeting, output));

    public void Assign(Assignment assignment) => Send(output => dialect.Current.Assign(assignment, output));

    public void Cancel(LeaseRef lease, string? reason, TimeSpan grace) => Send(output => dialect.Current.Cancel(lease, reason, grace, output));

    public void Stop(LeaseRef lease, string reason) => Send(output => dialect.Current.Stop(lease, reason, output));

    public void AnswerQuestion(LeaseRef lease, QuestionAnswer answer) =>
        Send(output => dialect.Current.AnswerQuestion(lease, answer, output), 512 + answer.Answer.Utf8.Length);

    public void RequestVote(VoteRequested request) => Send(output => dialect.Current.RequestVote(request, output));

    public void StartProcess(RunnerStart request) => Send(output => dialect.Current.StartProcess(request, output));

    public void StopProcess(RunnerStop request) => Send(output => dialect.Current.StopProcess(request, output));

    public void Deliver(AgentMessage message) => Send(output => dialect.Current.Deliver(message, output), 512 + message.Content.Utf8.Length);

    public void Ping(DateTimeOffset now) => Send(output => dialect.Current.Ping(now, output));

    public void Expiring(DateTimeOffset at) => Send(output => dialect.Current.Expiring(at, output));

    public IDeferred Goodbye(int code, string reason, TimeSpan? comeBackAfter = null) =>
        new Deferred(output => dialect.Current.Goodbye(code, reason, comeBackAfter, output));

    private void Send(Action<IMessageWriter> write, int size = Deferred.StandardSize) => connection.Send(new Deferred(write, size));

    private sealed class Deferred(Action<IMessageWriter> write, int size = Deferred.StandardSize) : IDeferred
    {
        public const int StandardSize = 512;

        public int Size => size;

        public void Write(IMessageWriter output) => write(output);
    }

    private sealed class DeferredAnswer(Dialect dialect, Intent intent, Outcome outcome) : IDeferred
    {
        public int Size { get; } = SizeOf(outcome.Value);

        public void Write(IMessageWriter output) => dialect.Answer(intent, outcome, output);

        private static int SizeOf(object? value) => value switch
        {
            TaskPage page => page.Tasks.Sum(t => 512 + t.Result.Utf8.Length + t.Spec.Input.Utf8.Length),
            TaskView task => 512 + task.Result.Utf8.Length + task.Spec.Input.Utf8.Length,
            SubscribeResult result => 512 + result.Records.Sum(r => r.Data.Length) + result.Latest.Sum(r => r.Data.Length),
            _ => 512,
        };
    }
}
