<?php
$wgAuthManagerAutoConfig['primaryauth'][StepTest\ButtonProvider::class] = [
	'class' => StepTest\ButtonProvider::class,
	'sort' => 210,
];
