using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.CloudAgents;

/// <summary>The dialect of Code Cloud Agents (spec/dialects/cloud-agents.md).</summary>
public sealed class CloudAgentsDialect : ForeignDialect
{
    public const string Welcomes = "Connected to Code Cloud Agents WebSocket";

    // The clients have no positions to resume from.
    private const string TooSlow = "This client reads too slowly to receive everything; connect again.";

    internal const string MoreUnseen = "There are more notifications that you have not seen; they come when you connect again.";

    private const string NoToken = "No token provided";

    // Without authentication, these first characters of a token are the user.
    private const int NameLength = 8;

    // The clients show neither log lines nor assignments.
    private static readonly string[] BaseTopics =
    [
        "presence.*", "chat.*", Audience.NotificationToAll, "agent.*.status", "agent.*.removed",
        "task.*.started", "task.*.progress", "task.*.completed", "task.*.failed", "task.*.expired", "task.*.cancelled", "task.*.requeued",
        "task.*.retry_scheduled",
    ];

    private static readonly string[] PublicTopics = ["presence.*"];

    // The original closes a connection after 60 s of silence, and checks every 30 s.
    private static readonly Heartbeat Beat = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)) { Unanswered = 2, Always = true, Spoken = true };

    private Func<DateTimeOffset>? _clock;
    private CloudAgentsReader _reader = new(null, null);
    private string? _user;

    public static DialectEntry Entry { get; } = new("cloud-agents", 3000, () => new CloudAgentsDialect())
    {
        TakesStrangers = true,
        Routes = CloudAgentsHttp.Routes,
        Claims = handshake => handshake.Query.ContainsKey("token"),
        Recognises = CloudAgentsFrames.IsOne,
    };

    public override IRenderer Renderer => CloudAgentsRenderer.Instance;

    public override Heartbeat Heartbeat => Beat;

    public override bool Open(in Opening opening, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        _clock = opening.Clock;
        var problem = Know(opening);
        _reader = new CloudAgentsReader(_user, _clock);
        intents.Add(CloudAgentsFrames.Reply(output => CloudAgentsFrames.Auth(output, _user, problem, Now)));
        intents.Add(CloudAgentsFrames.Reply(output => CloudAgentsFrames.Notify(output, NotificationLevel.Info, Welcomes, Now)));
        if (_user is null)
        {
            intents.Add(new SubscribeIntent(null, PublicTopics, null) { AsPermitted = true });
            return true;
        }

        if (!opening.TokensCount) intents.Add(new ActAsIntent(_user));
        var shows = !opening.TokensCount || opening.Credential.Principal!.Allowed(Permissions.ReadPresence);
        if (shows) intents.Add(new PresenceIntent(null, null));
        intents.Add(new CatchUpIntent(
            this, new SubscribeIntent(this, [.. BaseTopics, Audience.NotificationPrefix + Audience.SegmentOf(_user)], null) { AsPermitted = true }));

        // Sent after the unseen notifications, because this intent marks notifications as seen for clients that cannot acknowledge them.
        if (shows) intents.Add(new PresenceIntent(null, null, Reads: true));
        return true;
    }

    public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        _reader.Read(frame, intents);
    }

    public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (outcome.Error is { } error)
        {
            CloudAgentsFrames.Error(output, error.Message, Now);
            return;
        }

        switch (outcome.Value)
        {
            case NotificationPage { Notifications.Count: 0, Cursor: not null }:
                CloudAgentsFrames.Notify(output, NotificationLevel.Warning, MoreUnseen, Now);
                break;
            case NotificationPage unseen:
                foreach (var notification in unseen.Notifications) CloudAgentsFrames.Notify(output, notification.Level, notification.Message, notification.At);
                break;
            case HiveOverview overview:
                foreach (var agent in overview.Agents) CloudAgentsFrames.AgentStatus(output, agent, overview.At);
                break;
            case SubscribeResult live:
                CatchUp(live, output);
                break;
        }
    }

    public override void Refuse(string code, string message, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        intents.Add(CloudAgentsFrames.Reply(output => CloudAgentsFrames.Error(output, message, Now)));
    }

    public override void Ping(DateTimeOffset now, IMessageWriter output) => CloudAgentsFrames.Bare(output, "ping", now);

    public override void Expiring(DateTimeOffset at, IMessageWriter output) => CloudAgentsFrames.Notify(
        output, NotificationLevel.Warning, $"Your token lapses at {at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}; connect again with a fresh one.", Now);

    public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output)
    {
        var wait = comeBackAfter is { } after ? $" Come back in {Math.Ceiling(after.TotalSeconds):0} s." : "";
        if (code == CloseCodes.Draining) CloudAgentsFrames.Notify(output, NotificationLevel.Warning, $"The hub is stopping.{wait}", Now);
        else CloudAgentsFrames.Error(output, code == CloseCodes.SlowConsumer ? TooSlow : reason + wait, Now);
    }

    private DateTimeOffset? Now => _clock?.Invoke();

    /// <summary>Returns the user; otherwise the reason why the user is unknown.</summary>
    private string? Know(in Opening opening)
    {
        if (opening.Request.Token is not { Length: > 0 } token) return NoToken;
        if (!opening.TokensCount)
        {
            var length = Math.Min(token.Length, NameLength);
            if (char.IsHighSurrogate(token[length - 1])) length--;
            _user = "user_" + token[..length];
            return null;
        }

        _user = opening.Credential.Principal?.User;
        return _user is null ? opening.Credential.Error?.Message ?? NoToken : null;
    }

    // Sends the records between the snapshot of the hive and the first live record, and the present users.
    private static void CatchUp(SubscribeResult live, IMessageWriter output)
    {
        foreach (var record in live.Records) Say(record);
        foreach (var record in live.Latest)
        {
            if (record.Topic.StartsWith("presence.", StringComparison.Ordinal)) Say(record);
        }

        void Say(Record record)
        {
            CloudAgentsRenderer.Instance.Render(record, output);
            output.Next();
        }
    }
}
