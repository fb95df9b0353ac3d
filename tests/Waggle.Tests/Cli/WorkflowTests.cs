namespace Waggle.Tests.Cli;

/// <summary><c>waggle workflow …</c> against a hub of its own process.</summary>
public sealed class WorkflowTests(HubFixture hub)
{
    [Fact]
    public async Task A_workflow_in_YAML_is_defined_run_and_followed_to_its_end()
    {
        var swarm = await hub.NewSwarmAsync();
        var file = Path.Combine(Path.GetTempPath(), $"{swarm}.yaml");
        await File.WriteAllTextAsync(file, $$"""
            id: flow-{{swarm}}
            swarm: {{swarm}}
            output: { $: steps.ok.output }
            steps:
              - id: wait
                timer: { delay_ms: 1 }
              - id: ok
                depends_on: [wait]
                when: input.go == true
                signal: { name: approve }
            """);
        try
        {
            var defined = await hub.RunAsync("workflow", "define", file);
            Assert.Equal((0, ""), (defined.ExitCode, defined.Error));
            Assert.Matches("(?m)^version: +1$", defined.Output);
            var run = (await hub.RunAsync("workflow", "run", $"flow-{swarm}", "--input", """{"go":true}""", "--json")).Json.GetProperty("id").GetString()!;
            Assert.Equal(0, (await hub.RunAsync("workflow", "signal", run, "approve", "--payload", "\"yes\"")).ExitCode);
            var followed = await hub.RunAsync("workflow", "show", run, "--follow");
            Assert.Equal(0, followed.ExitCode);
            Assert.Contains("ok: completed", followed.Error, StringComparison.Ordinal);
            var shown = (await hub.RunAsync("workflow", "show", run)).Output;
            Assert.Matches("(?m)^output: +\"yes\"$", shown);
            Assert.Matches("(?m)^ *\\+ ok completed .*\\[approve\\]$", shown);
            Assert.Matches($"(?m)^{run} +flow-{swarm} +completed +100 %", (await hub.RunAsync("workflow", "list", $"flow-{swarm}")).Output);
            Assert.Contains("can be retried", (await hub.RunAsync("workflow", "retry", run)).Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_program_gets_a_part_of_a_result_that_is_too_large_for_a_message()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await hub.StartAsync(
            "worker", "--swarm", swarm, "--name", $"{swarm}-1", "--exec",
            """if [ "$WAGGLE_TASK_TITLE" = Make ]; then printf '{"name":"x","pad":"'; head -c 100000 /dev/zero | tr '\0' p; echo '"}'; else cat "$WAGGLE_TASK_INPUT_FILE"; fi""");
        await worker.Output.WaitAsync("connected");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $$"""
            id: parts-{{swarm}}
            swarm: {{swarm}}
            output: { $: steps.use.output }
            steps:
              - { id: make, task: { title: Make } }
              - { id: use, depends_on: [make], task: { title: Use, input: { name: { $: steps.make.output.name } } } }
            """);
        Assert.Equal(0, (await hub.RunAsync("workflow", "define", file)).ExitCode);
        File.Delete(file);
        var ended = await hub.RunAsync("workflow", "run", $"parts-{swarm}", "--wait", "--json");

        Assert.True(ended.ExitCode == 0, ended.Error);
        Assert.Equal("x", ended.Json.GetProperty("output").GetProperty("name").GetString());
        Assert.Equal($"deleted parts-{swarm}", (await hub.RunAsync("workflow", "delete", $"parts-{swarm}")).Output.Trim());
        Assert.Contains("NOT_FOUND", (await hub.RunAsync("workflow", "delete", $"parts-{swarm}")).Error, StringComparison.Ordinal);
        worker.Kill();
    }

    [Theory]
    [InlineData("{\"id\":\"w\",\"steps\":[{\"id\":\"a\",\"depends_on\":[\"b\"],\"task\":{\"title\":\"A\"}}]}", 1, "steps[0].depends_on[0]: there is no step 'b'")]
    [InlineData("id: [", 2, "is neither JSON nor YAML")]
    [InlineData("id: w\n---\nid: v", 2, "one document is expected, and there are 2")]
    [InlineData("id: w\nsteps:\n  - id: a\n    task: { title: A, weight: 1 }", 1, "steps[0].task.weight: unknown field 'weight'")]
    public async Task A_wrong_definition_is_one_line_of_error(string text, int exit, string error)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, text);
        var result = await hub.RunAsync("workflow", "define", file);
        File.Delete(file);
        Assert.Equal((exit, ""), (result.ExitCode, result.Output));
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }
}
