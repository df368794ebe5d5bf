using Radapt.Runs;

namespace Radapt.Tests.Runs;

public class RunIdentityTests
{
    [Theory]
    [InlineData("findings", "", "Edema,Mass", true)] // runs before findings were recorded
    [InlineData("findings", "Edema", "Edema,Mass", false)]
    [InlineData("lora-blocks", "", "0", false)]
    [InlineData("rank", "4", null, true)] // runs before options of other methods were left out
    [InlineData("lr", "0.001", "0.5", false)]
    public void RequireSameOptions_WhatARunBeganWith_DecidesWhetherItGoesOn(string name, string began, string? now, bool goesOn)
    {
        Dictionary<string, string> options = now is null ? [] : new() { [name] = now };
        void Require() => RunIdentity.RequireSameOptions(new Dictionary<string, string> { [name] = began }, options, "run");
        if (goesOn)
        {
            Require();
        }
        else
        {
            Assert.StartsWith($"run: this run began with {name} {began}, not {now}.", Assert.Throws<RadaptException>(Require).Message,
                StringComparison.Ordinal);
        }
    }
}
