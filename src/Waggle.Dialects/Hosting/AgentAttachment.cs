using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Leases;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

/// <summary>Makes a session the worker of the agent that its client has named in a message. Only the session's reading loop uses it.</summary>
internal sealed class AgentAttachment(
    SessionHost host, SessionDialect dialect, Responder responder, SessionCredential credential, ISessionControl session)
    : IOutcomeSink
{
    private readonly TaskCompletionSource<Outcome> _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <returns>False if the hub refuses; the client then has its answer.</returns>
    public async ValueTask<bool> RunAsync(ActForIntent intent)
    {
        var agent = intent.Agent.Id!;
        var attach = new AttachAgent(intent.Agent, agent, session) { KeepsUnnamed = true, KeepsSwarm = intent.KeepsSwarm, By = credential.Principal };
        await host.Hive.SubmitAsync(attach, this, intent, CancellationToken.None);
        var outcome = await _attached.Task;
        if (outcome.Value is not WelcomeAgent welcome)
        {
            responder.Answer(intent, outcome);
            return false;
        }

        credential.SpeakFor(agent);
        dialect.Current.Attached(welcome, host.Hive.Options.Lease);
        session.Watch();
        if (intent.Then is null) responder.Answer(intent, outcome);
        return true;
    }

    void IOutcomeSink.Complete(object? tag, in Outcome outcome) => _attached.SetResult(outcome);
}
