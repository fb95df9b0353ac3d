using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

public class IdTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void Ids_count_from_one_whatever_else_is_recorded()
    {
        var worker = _hive.Worker("ann");
        Assert.Equal("t1", _hive.Create());
        worker.Complete(worker.LeaseOn("t1"));

        Assert.Equal(["t2", "t3"], _hive.CreateAll(new TaskSpec { Title = "b" }, new TaskSpec { Title = "c" }).Select(t => t.Id));
        _hive.Cancel("t3");
        _hive.Retry("t3");
        Assert.Equal("t5", _hive.Create());
    }

    [Fact]
    public void They_go_on_after_a_restart_and_after_a_batch_that_was_not_stored()
    {
        _hive.Create();
        _hive.Restart();
        Assert.Equal("t2", _hive.Create());
        _hive.Store.OnCommit = _ => throw new StoreException("The disk is gone.");
        Assert.Null(_hive.Turn(new Core.Tasks.CreateTasks([new() { Title = "lost" }]) { By = TestHive.User }));
        _hive.Store.OnCommit = null;

        Assert.Equal("t3", _hive.Create());
    }

    [Fact]
    public void Each_request_under_a_known_key_takes_no_number()
    {
        var spec = new TaskSpec { Title = "once", IdempotencyKey = "k" };
        _hive.CreateAll(spec);
        _hive.CreateAll(spec, spec);

        Assert.Equal("t2", _hive.Create());
    }

    [Fact]
    public void An_id_that_a_client_chose_is_not_given_again()
    {
        _hive.Worker("a1");
        _hive.Do(new CreateSwarm("Mine", "s1") { By = TestHive.User });
        _hive.Do(new OpenConversation("c1") { By = TestHive.User });

        Assert.Equal("a2", _hive.Ok<AgentView>(new DeclareAgent(null, "Ada", null, null, new Dictionary<string, double>()) { By = TestHive.User }).Id);
        Assert.Equal("s2", _hive.Ok<SwarmView>(new CreateSwarm("Other", null) { By = TestHive.User }).Id);
        Assert.Equal("c2", _hive.Ok<ConversationView>(new OpenConversation(null) { By = TestHive.User }).Id);
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData((1L << HistoryMark.EpochBits) - 1, "")]
    [InlineData(1883138681350982, "-tp8e2q")]
    public void A_restored_history_marks_its_ids(long epoch, string mark)
    {
        Assert.Equal(mark, HistoryMark.Of(epoch));
        Assert.Equal(7, HistoryMark.NumberOf("t", "t7" + mark));
    }

    [Theory]
    [InlineData("t3-17")]
    [InlineData("t1883138681350982-4294967307")]
    [InlineData("t")]
    [InlineData("t07")]
    [InlineData("t7-")]
    [InlineData("x7")]
    [InlineData("t99999999999999999999")]
    public void Other_ids_take_no_number(string id) => Assert.Null(HistoryMark.NumberOf("t", id));
}
