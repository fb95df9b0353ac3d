using Waggle.Core.Schemas;
using Waggle.Core.Tests.Support;

namespace Waggle.Core.Tests.Schemas;

public class ReportSchemaTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void The_first_start_and_the_same_api_again_are_no_change()
    {
        Report("0.1.0", "GET /a", "POST /a");
        Report("0.1.0", "GET /a", "POST /a");
        _hive.Restart();
        Report("0.2.0", "GET /a", "POST /a");
        Assert.Empty(_hive.All.OfType<SchemaUpdated>());
    }

    [Fact]
    public void After_a_restart_what_was_added_removed_or_changed_is_one_record()
    {
        Report("0.1.0", "GET /a", "POST /a", "GET /b");
        _hive.Restart();
        _hive.Do(new ReportSchema("0.2.0", new Dictionary<string, string> { ["GET /a"] = "other", ["GET /b"] = "hash", ["PUT /c/{id}"] = "hash" }) { By = Principal.Hub("default") });
        var updated = Assert.Single(_hive.All.OfType<SchemaUpdated>());
        Assert.Equal(("0.2.0", "0.1.0", "system.schema"), (updated.Version, updated.OldVersion, updated.Topic));
        Assert.Equal(
            [new SchemaChange("endpoint_changed", "/a", "GET"), new SchemaChange("endpoint_removed", "/a", "POST"), new SchemaChange("endpoint_added", "/c/{id}", "PUT")],
            updated.Changes);
    }

    [Fact]
    public void Only_the_hub_reports_it() =>
        Assert.Equal("FORBIDDEN", _hive.Refused(new ReportSchema("0.1.0", new Dictionary<string, string>()) { By = new Principal("eve", "default", null, new HashSet<string> { "read:system" }) }).Code);

    private void Report(string version, params string[] operations) =>
        _hive.Do(new ReportSchema(version, operations.ToDictionary(o => o, _ => "hash")) { By = Principal.Hub("default") });
}
