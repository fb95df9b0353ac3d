using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Transport.WebSockets;

namespace Waggle.Dialects.Hosting;

/// <summary>Reads what a client's frames ask for and does it: commands, queries, subscriptions, hellos. One frame at a time, in its order.</summary>
/// <param name="address">Where the client is, for the log.</param>
internal sealed class IntentDispatcher(
    SessionHost host,
    Connection connection,
    SessionDialect dialect,
    Responder responder,
    SessionCredential credential,
    ISessionControl session,
    string address)
{
    private readonly List<Intent> _intents = [];
    private readonly SubscriptionHandler _subscriptions = new(host, connection, responder, credential);
    private SessionPresence? _presence;
    private volatile bool _busy;

    /// <summary>Something that the client asked for is being done, and nothing is read meanwhile.</summary>
    public bool IsBusy => _busy;

    /// <summary>Subscriptions that are in force.</summary>
    public int Subscriptions => _subscriptions.Count;

    /// <summary>Null: the session's user has not been present.</summary>
    public SessionPresence? Presence => _presence;

    /// <summary>What the dialect opens with.</summary>
    /// <returns>False: the connection is to end.</returns>
    public ValueTask<bool> OpenAsync()
    {
        _intents.Clear();
        dialect.Open(credential, _intents);
        return _intents.Count == 0 ? new(true) : PerformAllAsync();
    }

    /// <summary>Does what a message asks for.</summary>
    /// <returns>False: the connection is to end.</returns>
    public ValueTask<bool> TakeAsync(in WireMessage message)
    {
        _intents.Clear();
        try
        {
            FrameInterpreter.Read(dialect.Current, message, credential.Principal, _intents);
        }
        catch (Exception e)
        {
            dialect.Current.Refuse(ErrorCodes.Internal, responder.Fault("reading a frame", e).Message, _intents);
        }

        return PerformAllAsync();
    }

    private async ValueTask<bool> PerformAllAsync()
    {
        _busy = true;

        // By index: a dialect that gives way to another adds what that one opens with.
        for (var i = 0; i < _intents.Count; i++)
        {
            if (!await TryPerformAsync(_intents[i])) return false;
        }

        _busy = false;

        _intents.Clear();
        return true;
    }

    // A failure is the answer: one request that cannot be had does not cost the connection.
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
                // A hello before it in the same frame may have said who is speaking.
                var asked = ReferenceEquals(command.Command.By, by) ? command.Command : command.Command with { By = by };
                await host.Hive.SubmitAsync(asked, responder, command, CancellationToken.None);
                return true;
            case ListTasksIntent list:
                responder.Answer(list, await host.Hive.QueryAsync(new ListTasks(list.Query) { By = by }, CancellationToken.None));
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
            case PresenceIntent presence:
                await PresenceOf().BePresentAsync(presence);
                return true;
            case CatchUpIntent catchUp:
                await PresenceOf().CatchUpAsync(catchUp);
                return true;
            case RefreshIntent refresh:
                responder.Answer(refresh, await credential.RefreshAsync(refresh.Token));
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

    // Few clients are a user's.
    private SessionPresence PresenceOf() => _presence ??= new SessionPresence(host, connection, responder, credential, _subscriptions);
}
