using Waggle.Commands;

namespace Waggle.Tests.Commands;

/// <summary>The commands that a process creates.</summary>
public sealed class CommandTableTests
{
    [Fact]
    public void Arguments_that_begin_with_a_command_make_that_one_alone() =>
        Assert.Equal(["worker"], CommandTable.Create(["worker", "--exec", "true"]).Subcommands.Select(c => c.Name));

    [Theory]
    [InlineData]
    [InlineData("wroker")]
    [InlineData("--help")]
    [InlineData("[suggest:9]", "waggle wo")]
    public void Other_arguments_make_all_of_them(params string[] arguments) =>
        Assert.Equal(CommandTable.Create().Subcommands.Select(c => c.Name), CommandTable.Create(arguments).Subcommands.Select(c => c.Name));

    [Fact]
    public void Each_command_is_made_under_its_own_name() =>
        Assert.All(CommandTable.Create().Subcommands, command => Assert.Equal(command.Name, Assert.Single(CommandTable.Create([command.Name]).Subcommands).Name));
}
