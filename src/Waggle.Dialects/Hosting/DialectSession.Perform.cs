using Microsoft.Extensions.Logging;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Insight;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Topics;

namespace Waggle.Dialects.Hosting;

public sealed partial class DialectSession
{
    private volatile bool _greeted;
    private TaskCompletionSource<bool>? _attached;

    /// <summary>The same, where a failure is the answer: one request that cannot be had does not cost the connection.</summary>
    private async ValueTask<bool> TryPerformAsync(Intent intent)
    {
        try
        {
            return await PerformAsync(intent);
        }
        catch (StoreException e)
        {
            LogStoreFailed(_host.Log, Id, intent.GetType().Name, e);
            Answer(intent, new Outcome(null, new Error(ErrorCodes.StoreUnavailable, $"The hub could not read its store: {e.ForClients}", 1000), _host.Hive.Head));
        }
        catch (Exception e)
        {
            Answer(intent, new Outcome(null, new Error(ErrorCodes.Internal, FaultOf(intent.GetType().Name, e)), _host.Hive.Head));
        }

        return true;
    }

    /// <summary>Does what an intent asks. False when the connection is to end.</summary>
    private async ValueTask<bool> PerformAsync(Intent intent)
    {
        if (HasLapsed(intent))
        {
            Lapse();
            return false;
        }

        switch (intent)
        {
            case ReplyIntent reply:
                _connection.Queue(reply.Body);
                return true;
            case CommandIntent command:
                // A hello before it in the same frame may have said who is speaking.
                var asked = ReferenceEquals(command.Command.By, _principal) ? command.Command : command.Command with { By = _principal };
                await _host.Hive.SubmitAsync(asked, this, command, CancellationToken.None);
                return true;
            case ListTasksIntent list:
                Answer(list, await _host.Hive.QueryAsync(new ListTasks(list.Query) { By = _principal }, CancellationToken.None));
                return true;
            case ListAlertsIntent list:
                Answer(list, await _host.Hive.QueryAsync(new ListAlerts(list.Query) { By = _principal }, CancellationToken.None));
                return true;
            case ShowTaskIntent show:
                Answer(show, await _host.Hive.QueryAsync(new TaskDetails(show.Task) { By = _principal }, CancellationToken.None));
                return true;
            case SubscribeIntent subscribe:
                await SubscribeAsync(subscribe);
                return true;
            case UnsubscribeIntent unsubscribe:
                Forget(unsubscribe.Subscription);
                await _host.Delivery.UnsubscribeAsync(_connection, unsubscribe.Subscription, found => Answer(unsubscribe, found
                    ? new Outcome(null, null, _host.Hive.Head)
                    : new Outcome(null, new Error(ErrorCodes.NotFound, $"There is no subscription '{unsubscribe.Subscription}' on this connection."), _host.Hive.Head)));
                return true;
            case HelloIntent hello:
                return await GreetAsync(hello);
            case PresenceIntent presence:
                await BePresentAsync(presence);
                return true;
            case CatchUpIntent catchUp:
                await CatchUpAsync(catchUp);
                return true;
            case RefreshIntent refresh:
                Answer(refresh, await RefreshAsync(refresh.Token));
                return true;
            case OverviewIntent overview:
                Answer(overview, await _host.Hive.QueryAsync(new GetOverview { By = _principal }, CancellationToken.None));
                return true;
            case ActAsIntent actAs:
                ActAs(actAs.Subject);
                return true;
            case BecomeIntent become:
                Become(become);
                return true;
            case CloseIntent close:
                Close(close.Code, close.Reason);
                return false;
            default:
                throw new InvalidOperationException($"No handler exists for {intent.GetType().Name}.");
        }
    }

    private async Task SubscribeAsync(SubscribeIntent intent)
    {
        if (intent.Topics.Count is 0 or > Limits.MaxTopicsPerSubscribe)
        {
            Answer(intent, Bad($"topics has 1 to {Limits.MaxTopicsPerSubscribe} entries; there were {intent.Topics.Count}."));
            return;
        }

        var patterns = new TopicPattern[intent.Topics.Count];
        var count = 0;
        for (var i = 0; i < patterns.Length; i++)
        {
            if (!TopicPattern.TryParse(intent.Topics[i], out patterns[count]))
            {
                Answer(intent, Bad($"topics[{i}] is not a topic or pattern: dot-separated segments; '*' for one segment, '#' for one or more at the end."));
                return;
            }

            if (!intent.AsPermitted && Topic.UnknownRoot(patterns[count]) is { } unknown)
            {
                Answer(intent, Bad($"topics[{i}]: {unknown}"));
                return;
            }

            if (_principal.Problem(patterns[count]) is not { } problem)
            {
                count++;
                continue;
            }

            if (intent.AsPermitted) continue;
            Answer(intent, new Outcome(null, new Error(ErrorCodes.Forbidden, $"topics[{i}]: {problem}"), _host.Hive.Head));
            return;
        }

        if (count < patterns.Length) Array.Resize(ref patterns, count);
        if (count == 0) return;
        if (SubscriptionParser.Read(patterns, intent.Filter, intent.MaxRate, intent.Batch, _connection.Batch, out var interest) is { } wrong)
        {
            Answer(intent, Bad(wrong));
            return;
        }

        var isPlain = interest is { Filter: null, Rate: null, Batch: null };
        if (!isPlain && _shaped == Limits.MaxShapedSubscriptions)
        {
            Answer(intent, Bad(ErrorCodes.TooLarge, $"A connection has at most {Limits.MaxShapedSubscriptions} subscriptions with filter, max_rate or batch. One filter may say more: 'or', 'in'."));
            return;
        }

        if (_topics + patterns.Length > Limits.MaxSubscribedTopics)
        {
            Answer(intent, Bad(ErrorCodes.TooLarge, $"The subscriptions of a connection have at most {Limits.MaxSubscribedTopics} topics together; with these there would be {_topics + patterns.Length}. A pattern stands for many topics."));
            return;
        }

        var id = $"s{++_numbered}";
        Note(id, patterns.Length, isPlain);
        try
        {
            await _host.Delivery.SubscribeAsync(
                _connection,
                id,
                interest,
                intent.Since,
                _host.History,
                result => intent.Tag is null ? null : new DeferredAnswer(_dialect, intent, new Outcome(result, null, result.Head)),
                CancellationToken.None);
        }
        catch
        {
            Forget(id);
            throw;
        }
    }

    private void Note(string subscription, int topics, bool isPlain)
    {
        _subscriptions.Set(subscription, (topics, isPlain));
        _topics += topics;
        if (!isPlain) _shaped++;
    }

    private void Forget(string subscription)
    {
        if (!_subscriptions.Remove(subscription, out var noted)) return;
        _topics -= noted.Topics;
        if (!noted.IsPlain) _shaped--;
    }

    private async Task<bool> GreetAsync(HelloIntent hello)
    {
        _greeted = true;
        if (!await AuthenticateAsync(hello)) return false;
        _connection.Batch = hello.Batch;
        Client = hello.Client;
        if (hello.Agent is null)
        {
            Welcome(hello, _host.Hive.Head, null);
            return true;
        }

        // The agent's principal is in force for everything after the hello, so nothing is read before its outcome.
        var agent = hello.Agent.Id ?? _principal.OnlyAgent ?? $"agent-{RandomId.Hex(5)}";
        var attached = _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _host.Hive.SubmitAsync(new AttachAgent(hello.Agent, agent, this) { By = _principal }, this, hello, CancellationToken.None);
        if (!await attached.Task) return false;
        _agent = agent;
        _connection.Agent = agent;
        Admit(_credential with { Principal = _principal.For(agent) });
        return true;
    }

    // On the owner's loop: the welcome is in the outbox before the first assignment.
    private void CompleteHello(HelloIntent hello, in Outcome outcome)
    {
        if (outcome.Value is WelcomeAgent agent)
        {
            Welcome(hello, outcome.Head, agent);
            _attached!.SetResult(true);
            return;
        }

        Answer(hello, outcome);
        Close(CloseCodes.HelloRefused, outcome.Error!.Message);
        _attached!.SetResult(false);
    }

    private void Welcome(HelloIntent hello, Position head, WelcomeAgent? agent)
    {
        var greeting = new Greeting(_host.Hub, _host.Hive.Options.Hive, Id, head, _host.Hive.Options.Lease / 3, agent, _credential.ExpiresAt);
        _connection.Send(new Deferred(output => _dialect.Welcome(hello, greeting, output)));
        LogGreeted(_host.Log, Id, hello.Client, agent?.Id, _wire.RemoteAddress);
    }

    // Who gave no tag wants to hear of failures only.
    private void Answer(Intent intent, in Outcome outcome)
    {
        if (intent.Tag is not null || outcome.Error is not null) _connection.Send(new DeferredAnswer(_dialect, intent, outcome));
    }

    private Outcome Bad(string message) => Bad(ErrorCodes.InvalidRequest, message);

    private Outcome Bad(string code, string message) => new(null, new Error(code, message), _host.Hive.Head);

    // The client gets a name under which the log has the rest.
    private string FaultOf(string what, Exception e)
    {
        var id = RandomId.Hex(4);
        LogFault(_host.Log, Id, what, id, e);
        return $"An internal error occurred (see the hub's log, id {id}).";
    }

    [LoggerMessage(1, LogLevel.Debug, "Session {Session} of {Client} (agent {Agent}) from {Address}.")]
    private static partial void LogGreeted(ILogger logger, string session, string? client, string? agent, string address);

    [LoggerMessage(2, LogLevel.Error, "Session {Session}: {What} failed ({Id}).")]
    private static partial void LogFault(ILogger logger, string session, string what, string id, Exception e);

    [LoggerMessage(3, LogLevel.Error, "Session {Session}: the store could not answer a {Intent}.")]
    private static partial void LogStoreFailed(ILogger logger, string session, string intent, Exception e);

    [LoggerMessage(4, LogLevel.Error, "Session {Session} is closed: a message for it could not be encoded.")]
    private static partial void LogUnsaid(ILogger logger, string session, Exception e);
}
