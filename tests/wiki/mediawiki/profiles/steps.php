<?php
// After the password's provider (100).
$wgAuthManagerAutoConfig['primaryauth'][StepTest\PrimaryProvider::class] = [
	'class' => StepTest\PrimaryProvider::class,
	'sort' => 200,
];
$wgAuthManagerAutoConfig['secondaryauth'][StepTest\SecondaryProvider::class] = [
	'class' => StepTest\SecondaryProvider::class,
	'sort' => 200,
];
