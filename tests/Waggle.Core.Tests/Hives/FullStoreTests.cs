using Waggle.Core.Chat;
using Waggle.Core.Consensus;
using Waggle.Core.Kernel;
using Waggle.Core.Messaging;
using Waggle.Core.Notifications;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

/// <summary>While the store has no room, the hive creates nothing; a client that repeats a creation that succeeded learns that.</summary>
public sealed class FullStoreTests
{
    private static readonly Dictionary<string, Func<string, Command>> Creations = new()
    {
        ["task"] = key => new CreateTasks([new TaskSpec { Title = "once", IdempotencyKey = key }]) { By = TestHive.User },
        ["message to an agent"] = key => new SendMessage("ada", null, RawJson.Parse("1"), IdempotencyKey: key) { By = TestHive.User },
        ["notification"] = key => new SendNotification(NotificationLevel.Info, "Look.", IdempotencyKey: key) { By = TestHive.User },
        ["conversation"] = key => new OpenConversation($"talk-{key}") { By = TestHive.User },
        ["chat message"] = key => new PostMessage("talk", "Hello.", key) { By = TestHive.User },
        ["proposal"] = key => new OpenProposal(new ProposalSpec
        {
            Question = "Ship it?",
            DeadlineMs = 60_000,
            Electorate = [new Elector { User = "user" }],
            IdempotencyKey = key,
        })
        { By = TestHive.User },
    };

    private readonly TestHive _hive = new();

    public static TheoryData<string> Names { get; } = [.. Creations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_repeated_creation_gets_its_answer_and_a_new_one_is_refused(string creation)
    {
        _hive.Worker("ada");
        Assert.Null(_hive.DoAny(new OpenConversation("talk") { By = TestHive.User }).Error);
        Assert.Null(_hive.DoAny(Creations[creation]("first")).Error);
        var published = _hive.Published.Count;
        _hive.Engine.Full = true;

        var repeated = _hive.DoAny(Creations[creation]("first"));
        Assert.True(repeated.Error is null, repeated.Error?.Message);
        Assert.NotNull(repeated.Result);
        Assert.Equal(ErrorCodes.StoreFull, _hive.DoAny(Creations[creation]("second")).Error!.Code);
        Assert.Equal(published, _hive.Published.Count);
    }
}
