using Waggle.Core.Access;
using Waggle.Core.Audit;
using Waggle.Core.Budgets;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Logs;
using Waggle.Core.Ports;
using Waggle.Core.Schedules;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Searching;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Transport.WebSockets;

namespace Waggle.Dialects.Hosting;

/// <summary>
/// Reads the intents of a client's frames and performs them: commands, queries, subscriptions, hellos. It processes one frame at a time, in order.
/// </summary>
/// <param name="address">The address of the client, for the log.</param>
internal sealed class IntentDispatcher(
    SessionHost host,
    Connection connection,
    SessionDialect dialect,
    Responder responder,
    SessionCredential credential,
    ISessionControl session,
    string address)
{
    private const int StandardPage = 100;
    private readonly List<Intent> _intents = [];
    private readonly SubscriptionHandler _subscriptions = new(host, connection, responder, credential);
    private SessionPresence? _presence;
    private RunnerSession? _runner;
    private volatile bool _busy;

    /// <summary>Whether a request of the client is being processed, so that nothing is read meanwhile.</summary>
    public bool IsBusy => _busy;

    /// <summary>The number of active subscriptions.</summary>
    public int Subscriptions => _subscriptions.Count;

    /// <summary>The presence of the session's user; null if the user has not been present.</summary>
    public SessionPresence? Presence => _presence;

    /// <summary>The runner of the session; null without one.</summary>
    public RunnerSession? Runner => _runner;

    /// <summary>Performs the opening intents of the dialect.</summary>
    /// <returns>False if the connection must end.</returns>
    public ValueTask<bool> OpenAsync()
    {
        _intents.Clear();
        dialect.Open(credential, _intents);
        return _intents.Count == 0 ? new(true) : PerformAllAsync();
    }

    /// <summary>Performs the intents of a message.</summary>
    /// <returns>False if the connection must end.</returns>
    public ValueTask<bool> TakeAsync(in WireMessage message)
    {
        _intents.Clear();
        try
        {
            var expected = dialect.Current.IsBinary ? WireMessageKind.Binary : WireMessageKind.Text;
            if (message.Kind == expected && Exceeds() is { } refusal) dialect.Current.Limit(message.Payload.Span, refusal, _intents);
            else FrameInterpreter.Read(dialect.Current, message, credential.Principal, _intents);
        }
        catch (Exception e)
        {
            dialect.Current.Refuse(ErrorCodes.Internal, responder.Fault("reading a frame", e).Message, _intents);
        }

        return PerformAllAsync();
    }

    /// <summary>Performs the intents of an answer to a ping of the transport.</summary>
    /// <returns>False if the connection must end.</returns>
    public ValueTask<bool> TakePongAsync()
    {
        _presence?.Acks.Answered();
        _intents.Clear();
        dialect.Current.Answered(credential.Principal, _intents);
        return _intents.Count == 0 ? new(true) : PerformAllAsync();
    }

    // Clients that the hub does not tell apart by a token have a count for each connection.
    private RateRefusal? Exceeds()
    {
        if ((host.Rate ?? dialect.Entry?.Rate) is not { } limit) return null;
        var name = dialect.Entry?.Name ?? "waggle.v1";
        var client = host.Authenticator.Required && credential.Value.Principal is { } known ? $"{name} {known.User}" : $"{name}\n{connection.Id}";
        var refusal = host.Rates.Take(client, limit);
        if (refusal is not null) host.Wires?.Limited();
        return refusal;
    }

    private async ValueTask<bool> PerformAllAsync()
    {
        _busy = true;

        // By index, because a dialect that another one replaces adds the opening intents of that one.
        for (var i = 0; i < _intents.Count; i++)
        {
            if (!await TryPerformAsync(_intents[i])) return false;
        }

        _busy = false;

        _intents.Clear();
        return true;
    }

    // A failure becomes the answer, so a failed request does not end the connection.
    private async ValueTask<bool> TryPerformAsync(Intent intent)
    {
        try
        {
            return await PerformAsync(intent);
        }
        catch (StoreException e)
        {
            SessionLog.StoreFailed(host.Log, connection.Id, intent.GetType().Name, e);
            responder.Refuse(intent, new Error(ErrorCodes.StoreUnavailable, $"The hub could not read its store: {e.ForClients}", 1000));
        }
        catch (Exception e)
        {
            responder.Refuse(intent, responder.Fault(intent.GetType().Name, e));
        }

        return true;
    }

    private async ValueTask<bool> PerformAsync(Intent intent)
    {
        if (credential.HasLapsed(intent))
        {
            session.Lapse();
            return false;
        }

        var by = credential.Principal;
        switch (intent)
        {
            case ReplyIntent reply:
                connection.Queue(reply.Body);
                return true;
            case CommandIntent command:
                // A hello before it in the same frame may have changed the principal.
                var asked = ReferenceEquals(command.Command.By, by) ? command.Command : command.Command with { By = by };
                await host.Hive.SubmitAsync(asked, responder, command, CancellationToken.None);
                return true;
            case ListTasksIntent list:
                responder.Answer(list, await host.Hive.QueryAsync(new ListTasks(list.Query) { By = by }, CancellationToken.None));
                return true;
            case ListTaskErrorsIntent { Query: var groups } errors:
                var grouped = new ListTaskErrors(groups.Filter ?? new Protocol.Model.TaskQuery(), groups.Limit ?? StandardPage) { By = by };
                responder.Answer(errors, await host.Hive.QueryAsync(grouped, CancellationToken.None));
                return true;
            case ListAlertsIntent list:
                responder.Answer(list, await host.Hive.QueryAsync(new ListAlerts(list.Query) { By = by }, CancellationToken.None));
                return true;
            case ShowTaskIntent show:
                responder.Answer(show, await host.Hive.QueryAsync(new TaskDetails(show.Task) { By = by }, CancellationToken.None));
                return true;
            case MemoryIntent memory:
                responder.Answer(memory, await MemoryQueries.RunAsync(host.Hive, memory.Query, by));
                return true;
            case VoteIntent vote:
                responder.Answer(vote, await VoteQueries.RunAsync(host.Hive, vote.Query, by));
                return true;
            case CostIntent { Query: var show } costs:
                var report = new ShowCosts(show.By, show.From, show.To) { Swarm = show.Swarm, Agent = show.Agent, Model = show.Model, By = by };
                responder.Answer(costs, await host.Hive.QueryAsync(report, CancellationToken.None));
                return true;
            case ListSchedulesIntent { Query: var page } schedules:
                var query = new ListSchedules(page.Swarm, page.State, page.Cursor, page.Limit ?? StandardPage) { By = by };
                responder.Answer(schedules, await host.Hive.QueryAsync(query, CancellationToken.None));
                return true;
            case TaskLogsIntent logs:
                responder.Answer(logs, await host.Hive.QueryAsync(new ReadTaskLog(logs.Query) { By = by }, CancellationToken.None));
                return true;
            case BulkIntent bulk:
                responder.Answer(bulk, await BulkQueries.RunAsync(host.Hive, bulk.Query, by));
                return true;
            case PurgeIntent purge:
                responder.Answer(purge, await PurgeQueries.RunAsync(host.Hive, purge.Query, by));
                return true;
            case ListAuditIntent audit:
                responder.Answer(audit, await host.Hive.QueryAsync(new ListAudit(audit.Query) { By = by }, CancellationToken.None));
                return true;
            case QuestionIntent question:
                responder.Answer(question, await QuestionQueries.RunAsync(host.Hive, question.Query, by));
                return true;
            case WorkflowIntent workflow:
                responder.Answer(workflow, await WorkflowQueries.RunAsync(host.Hive, workflow.Query, by));
                return true;
            case RunnerIntent runner:
                await (_runner ??= new RunnerSession(host, responder, session)).PerformAsync(runner, by);
                return true;
            case OverviewIntent overview:
                responder.Answer(overview, await host.Hive.QueryAsync(new GetOverview { By = by }, CancellationToken.None));
                return true;
            case SubscribeIntent subscribe:
                await _subscriptions.SubscribeAsync(subscribe);
                return true;
            case UnsubscribeIntent unsubscribe:
                await _subscriptions.UnsubscribeAsync(unsubscribe);
                return true;
            case HelloIntent hello:
                return await new HelloExchange(host, connection, dialect, responder, credential, session, address).RunAsync(hello);
            case SequenceIntent sequence:
                foreach (var one in sequence.Intents)
                {
                    if (!await PerformAsync(one)) return false;
                }

                return true;
            case ActForIntent act:
                var attached = await new AgentAttachment(host, dialect, responder, credential, session).RunAsync(act);
                return !attached || act.Then is null || await PerformAsync(act.Then);
            case PresenceIntent presence:
                await PresenceOf().BePresentAsync(presence);
                return true;
            case CatchUpIntent catchUp:
                await PresenceOf().CatchUpAsync(catchUp);
                return true;
            case RefreshIntent refresh:
                responder.Answer(refresh, await credential.RefreshAsync(refresh.Token));
                return true;
            case AuthenticateIntent authenticate:
                responder.Answer(authenticate, await credential.AuthenticateAsync(authenticate.Token));
                return true;
            case ActAsIntent actAs:
                credential.ActAs(actAs.Subject);
                return true;
            case BecomeIntent become:
                dialect.Become(become, credential, _intents);
                return true;
            case CloseIntent close:
                session.Close(close.Code, close.Reason);
                return false;
            default:
                throw new InvalidOperationException($"No handler exists for {intent.GetType().Name}.");
        }
    }

    // Created on demand, because few clients have a user.
    private SessionPresence PresenceOf() => _presence ??= new SessionPresence(host, connection, responder, credential, _subscriptions);
}
