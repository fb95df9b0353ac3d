using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Leases;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

/// <summary>Processes one hello: checks its token, attaches its agent, and welcomes or refuses the client.</summary>
internal sealed class HelloExchange(
    SessionHost host, Connection connection, SessionDialect dialect, Responder responder, SessionCredential credential, ISessionControl session, string address)
    : IOutcomeSink
{
    private readonly TaskCompletionSource<bool> _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <returns>False if the client is refused and the connection must end.</returns>
    public async ValueTask<bool> RunAsync(HelloIntent hello)
    {
        dialect.Greet();
        if (await credential.AuthenticateAsync(hello) is { } refusal)
        {
            Refuse(hello, new Outcome(null, refusal, host.Hive.Head));
            return false;
        }

        connection.Batch = hello.Batch;
        dialect.Client = hello.Client;
        if (hello.Agent is null)
        {
            Welcome(hello, host.Hive.Head, null);
            return true;
        }

        // The agent's principal applies to all input after the hello, so nothing is read before the outcome.
        var principal = credential.Principal;
        var agent = hello.Agent.Id ?? principal.OnlyAgent ?? $"agent-{RandomId.Hex(5)}";
        await host.Hive.SubmitAsync(new AttachAgent(hello.Agent, agent, session) { By = principal }, this, hello, CancellationToken.None);
        if (!await _attached.Task) return false;
        credential.SpeakFor(agent);
        return true;
    }

    // Runs on the owner's loop, so the welcome enters the outbox before the first assignment.
    void IOutcomeSink.Complete(object? tag, in Outcome outcome)
    {
        var hello = (HelloIntent)tag!;
        if (outcome.Value is WelcomeAgent agent)
        {
            Welcome(hello, outcome.Head, agent);
            _attached.SetResult(true);
            return;
        }

        Refuse(hello, outcome);
        _attached.SetResult(false);
    }

    private void Refuse(HelloIntent hello, in Outcome outcome)
    {
        responder.Answer(hello, outcome);
        session.Close(CloseCodes.HelloRefused, outcome.Error!.Message);
    }

    private void Welcome(HelloIntent hello, Position head, WelcomeAgent? agent)
    {
        var hive = host.Hive.Options;
        responder.Welcome(hello, new Greeting(host.Hub, hive.Hive, connection.Id, head, hive.Lease / 3, agent, credential.Value.ExpiresAt));
        SessionLog.Greeted(host.Log, connection.Id, hello.Client, agent?.Id, address);
    }
}
