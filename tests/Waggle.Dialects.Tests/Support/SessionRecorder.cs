using System.Collections.Concurrent;
using Waggle.Core.Agents;
using Waggle.Dialects.Hosting;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Tests.Support;

/// <summary>Records the calls of a session's parts, and sends the messages of the hive as a session does.</summary>
internal sealed class SessionRecorder(Responder responder) : ISessionControl
{
    public ConcurrentQueue<(int Code, string Reason)> Closes { get; } = [];

    public bool HasLapsed { get; private set; }

    /// <summary>The number of changed heartbeats.</summary>
    public int Heartbeats { get; private set; }

    public void Lapse() => HasLapsed = true;

    public void Watch() => Heartbeats++;

    public void Close(int code, string reason) => Closes.Enqueue((code, reason));

    public void Assign(Assignment assignment) => responder.Assign(assignment);

    public void Cancel(LeaseRef lease, string? reason, TimeSpan grace) => responder.Cancel(lease, reason, grace);

    public void Stop(LeaseRef lease, string reason) => responder.Stop(lease, reason);

    public void StartProcess(RunnerStart request)
    {
    }

    public void StopProcess(RunnerStop request)
    {
    }

    public void RequestVote(VoteRequested request) => responder.RequestVote(request);
}
